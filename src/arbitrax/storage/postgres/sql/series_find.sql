SELECT asset_id, as_of, content_hash
FROM price_series
WHERE asset_id = (SELECT asset_of(%(symbol)s)) AND interval = %(interval)s AND rows > 0
