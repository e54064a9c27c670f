INSERT INTO asset_symbols (asset_id, symbol, valid_from) VALUES (%(asset)s, %(to)s, %(on)s)
