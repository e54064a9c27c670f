SELECT interval, source, owner_id
FROM price_series
WHERE asset_id = asset_of(%(symbol)s) AND rows > 0
ORDER BY interval
