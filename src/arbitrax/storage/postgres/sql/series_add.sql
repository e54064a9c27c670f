INSERT INTO price_series (asset_id, interval, source)
SELECT id, %(interval)s, %(source)s FROM assets WHERE symbol = %(symbol)s
ON CONFLICT (asset_id, interval) DO NOTHING
