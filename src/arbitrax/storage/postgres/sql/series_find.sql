SELECT asset_id, as_of, content_hash, asset_id <> asset_of(%(symbol)s)
FROM price_series
WHERE asset_id = (SELECT asset_then(%(symbol)s, %(as_of)s)) AND interval = %(interval)s AND rows > 0
