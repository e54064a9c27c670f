-- The same change, proposed before and not applied yet.
SELECT id
FROM data_repairs
WHERE
    asset_id = %(asset)s
    AND interval = %(interval)s
    AND rule = %(rule)s
    AND before::text = %(before)s
    AND after::text = %(after)s
    AND applied_at IS NULL
