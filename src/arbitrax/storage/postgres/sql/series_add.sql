INSERT INTO price_series (asset_id, interval, source)
VALUES (%(asset)s, %(interval)s, %(source)s)
ON CONFLICT (asset_id, interval) DO NOTHING
