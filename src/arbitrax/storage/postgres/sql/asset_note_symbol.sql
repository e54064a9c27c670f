INSERT INTO asset_symbols (asset_id, symbol, valid_from)
SELECT %(asset)s, %(symbol)s, %(since)s
WHERE NOT EXISTS (SELECT FROM asset_symbols WHERE asset_id = %(asset)s)
ON CONFLICT (asset_id, valid_from) DO NOTHING
