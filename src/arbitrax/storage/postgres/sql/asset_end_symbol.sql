-- The symbol an asset has now ends; one that had no history yet had it since the beginning of what is known.
INSERT INTO asset_symbols (asset_id, symbol, valid_from, valid_to)
VALUES (
    %(asset)s,
    %(symbol)s::text,
    coalesce(
        (SELECT valid_from FROM asset_symbols WHERE asset_id = %(asset)s AND valid_to IS NULL),
        (SELECT max(valid_to) FROM asset_symbols WHERE symbol = %(symbol)s::text AND asset_id <> %(asset)s),
        DATE '0001-01-01'
    ),
    %(on)s
)
ON CONFLICT (asset_id, valid_from) DO UPDATE SET valid_to = excluded.valid_to
