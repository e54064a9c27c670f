-- Locked as a foreign key check would. The day: until when another asset had the symbol.
SELECT
    id, (SELECT max(valid_to) FROM asset_symbols WHERE symbol = %(symbol)s AND asset_id <> assets.id) AS free_from
FROM assets
WHERE symbol = %(symbol)s AND released_on IS NULL
FOR KEY SHARE OF assets
