INSERT INTO backtests (
    id, strategy_id, asset_id, run_hash, result_hash, engine_version, spec, metrics, results, as_of, created_at,
    created_nanoseconds, owner_id, has_job
)
SELECT
    %(run)s, strategies.id, asset_of(%(symbol)s), %(run_hash)s, %(result_hash)s, %(engine_version)s, %(spec)s::json,
    %(metrics)s::json, %(results)s::jsonb, %(as_of)s, %(created_at)s, %(created_nanoseconds)s, %(owner)s,
    EXISTS (SELECT FROM jobs WHERE jobs.id = %(run)s)
FROM strategies
WHERE
    strategies.class_name = %(class_name)s
    AND strategies.source_hash IS NOT DISTINCT FROM %(source_hash)s
    AND strategies.parameters = %(parameters)s::jsonb
ON CONFLICT (id) DO NOTHING
