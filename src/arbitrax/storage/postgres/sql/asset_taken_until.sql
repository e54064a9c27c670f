SELECT max(valid_to)
FROM asset_symbols
WHERE
    symbol = %(symbol)s
    AND asset_id IS DISTINCT FROM (SELECT id FROM assets WHERE symbol = %(symbol)s AND released_on IS NULL)
