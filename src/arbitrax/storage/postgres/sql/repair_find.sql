SELECT
    data_repairs.id, asset_id, symbol, interval, rule, reason, before::text, after::text, proposed_at, applied_at,
    applied_by, undone_at, undone_by
FROM data_repairs
JOIN assets ON assets.id = data_repairs.asset_id
WHERE data_repairs.id = %(id)s
FOR UPDATE OF data_repairs
