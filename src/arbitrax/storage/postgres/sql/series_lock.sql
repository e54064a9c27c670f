SELECT
    rows,
    first,
    last,
    as_of,
    content_hash,
    source,
    owner_id,
    has_parameter_privilege('session_replication_role', 'SET') AS may_skip_checks
FROM price_series
WHERE asset_id = %(asset)s AND interval = %(interval)s
FOR UPDATE
