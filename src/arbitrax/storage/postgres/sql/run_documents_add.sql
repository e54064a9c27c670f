INSERT INTO backtest_documents (backtest_id, name, engine_version, data)
SELECT %(run)s, given.name, %(version)s, given.data
FROM unnest(%(names)s::text[], %(data)b::bytea[]) AS given (name, data)
JOIN backtests ON backtests.id = %(run)s
ON CONFLICT (backtest_id, name) DO UPDATE
SET engine_version = excluded.engine_version, data = excluded.data, updated_at = now()
WHERE backtest_documents.engine_version <> excluded.engine_version
