-- Backtests asked for, and runs that no job made, newest first: ids are by time. What is not asked for is NULL.
WITH page AS (
    (
        SELECT id
        FROM jobs
        WHERE
            kind = 'backtest'
            AND id BETWEEN %(least)s::uuid AND %(most)s::uuid
            AND (%(owner)s::uuid IS NULL OR owner_id = %(owner)s::uuid)
            AND (%(status)s::text IS NULL OR status = %(status)s::text)
            AND (%(strategy)s::text IS NULL OR spec -> 'strategy' ->> 'name' = %(strategy)s::text)
            AND (%(symbol)s::text IS NULL OR spec -> 'symbols' ? %(symbol)s::text)
        ORDER BY id DESC
        LIMIT %(limit)s
    )
    UNION
    (
        SELECT id
        FROM backtests
        WHERE
            NOT has_job
            AND id BETWEEN %(least)s::uuid AND %(most)s::uuid
            AND (%(owner)s::uuid IS NULL OR owner_id = %(owner)s::uuid)
            AND (%(status)s::text IS NULL OR %(status)s::text = 'succeeded')
            AND (%(strategy)s::text IS NULL OR spec -> 'strategy' ->> 'name' = %(strategy)s::text)
            AND (
                %(symbol)s::text IS NULL
                OR EXISTS (
                    SELECT
                    FROM backtest_assets
                    WHERE backtest_id = backtests.id AND role = 'traded' AND symbol = %(symbol)s::text
                )
            )
        ORDER BY id DESC
        LIMIT %(limit)s
    )
    ORDER BY id DESC
    LIMIT %(limit)s
)
SELECT
    page.id,
    coalesce(jobs.owner_id, backtests.owner_id),
    (jobs.spec - 'source')::text,
    jobs.status,
    jobs.attempt,
    jobs.progress,
    jobs.eta,
    jobs.cancel_asked_at IS NOT NULL,
    jobs.error::text,
    jobs.created_at,
    jobs.started_at,
    jobs.finished_at,
    backtests.created_at,
    backtests.spec::text,
    backtests.result_hash,
    backtests.engine_version,
    times.bars,
    times.first,
    times.last,
    backtests.metrics::text,
    (backtests.results - 'tags')::text
FROM page
LEFT JOIN jobs ON jobs.id = page.id
LEFT JOIN backtests ON backtests.id = page.id
LEFT JOIN LATERAL (
    SELECT
        octet_length(data) / 8 AS bars,
        substring(data FROM 1 FOR 8) AS first,
        substring(data FROM octet_length(data) - 7) AS last
    FROM backtest_curves
    WHERE backtest_id = backtests.id AND name = 'timestamp'
) AS times ON true
ORDER BY page.id DESC
