SELECT
    backtests.created_at, backtests.created_nanoseconds, backtests.spec::text, backtests.metrics::text,
    backtests.results::text, backtests.engine_version, backtests.result_hash, strategies.source,
    backtests.owner_id
FROM backtests
JOIN strategies ON strategies.id = backtests.strategy_id
WHERE backtests.id = %(run)s
