SELECT before::text, after::text
FROM data_repairs
WHERE asset_id = %(asset)s AND interval = %(interval)s AND applied_at IS NOT NULL AND undone_at IS NULL
ORDER BY applied_at
