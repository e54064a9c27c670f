-- The asset is locked as a foreign key check would, because bulk loads may skip those checks.
SELECT
    price_series.asset_id,
    price_series.rows,
    price_series.as_of,
    price_series.content_hash,
    has_parameter_privilege('session_replication_role', 'SET') AS may_skip_checks
FROM assets
JOIN price_series ON price_series.asset_id = assets.id AND price_series.interval = %(interval)s
WHERE assets.symbol = %(symbol)s
FOR KEY SHARE OF assets FOR UPDATE OF price_series
