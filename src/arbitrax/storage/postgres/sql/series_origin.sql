SELECT source, owner_id
FROM price_series
WHERE asset_id = asset_of(%(symbol)s) AND interval = %(interval)s AND rows > 0
