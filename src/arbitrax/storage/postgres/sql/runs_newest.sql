-- Only from what reproducing a run compares: its spec, metrics (and columns generated from them), times and trades.
SELECT
    newest.id,
    newest.created_at,
    newest.spec::text,
    newest.total_return,
    newest.sharpe_ratio,
    newest.max_drawdown,
    times.data_bytes / 8 AS bars,
    substring(times.data FROM 1 FOR 8) AS first,
    substring(times.data FROM times.data_bytes - 7) AS last,
    (SELECT count(*) FROM trades WHERE trades.backtest_id = newest.id AND NOT trades.is_open) AS trades
FROM (
    SELECT *
    FROM backtests
    WHERE
        (%(owner)s::uuid IS NULL OR owner_id = %(owner)s::uuid)
        AND (
            %(after)s::uuid IS NULL
            OR (created_at, id) < (SELECT before.created_at, before.id FROM backtests AS before WHERE before.id = %(after)s::uuid)
        )
    ORDER BY created_at DESC, id DESC
    LIMIT %(limit)s
) AS newest
JOIN LATERAL (
    SELECT data, octet_length(data) AS data_bytes
    FROM backtest_curves
    WHERE backtest_id = newest.id AND name = 'timestamp'
) AS times ON true
ORDER BY newest.created_at DESC, newest.id DESC
