SELECT asset_id, as_of, content_hash
FROM price_series
WHERE asset_id = (SELECT id FROM assets WHERE symbol = %(symbol)s) AND interval = %(interval)s AND rows > 0
