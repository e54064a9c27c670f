SELECT
    data_repairs.id, asset_id, symbol, interval, rule, reason, before::text, after::text, proposed_at, applied_at,
    applied_by, undone_at, undone_by
FROM data_repairs
JOIN assets ON assets.id = data_repairs.asset_id
WHERE asset_id = (SELECT asset_of(%(symbol)s)) AND interval = %(interval)s
ORDER BY proposed_at, data_repairs.id
