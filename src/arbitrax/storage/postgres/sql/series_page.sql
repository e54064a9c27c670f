-- Without series that no symbol leads to any more; a report is counted by its lines, a rule and level each.
SELECT
    assets.symbol COLLATE "C",
    price_series.interval,
    rows,
    first,
    last,
    price_series.source,
    price_series.as_of,
    score,
    made_at,
    (
        SELECT
            coalesce(
                json_object_agg(counted.name, counted.total), '{}'
            )::text
        FROM (
            SELECT (line ->> 'rule') || ' ' || (line ->> 'level') AS name, sum((line ->> 'count')::bigint) AS total
            FROM json_array_elements(quality_reports.report -> 'lines') AS line
            GROUP BY 1
        ) AS counted
    ),
    newest.ingestion,
    newest.done_at
FROM price_series
JOIN assets ON assets.id = price_series.asset_id
LEFT JOIN quality_reports USING (asset_id, interval)
LEFT JOIN LATERAL (
    -- Of a job by its id, which is the ingestion's.
    SELECT coalesce(job_id, ingestion_run_id) AS ingestion, done_at
    FROM ingestion_chunks
    WHERE
        ingestion_chunks.asset_id = price_series.asset_id
        AND ingestion_chunks.interval = price_series.interval
        AND status = 'done'
    ORDER BY done_at DESC
    LIMIT 1
) AS newest ON true
WHERE
    rows > 0
    AND (released_on IS NULL OR assets.id = asset_of(assets.symbol))
    AND (
        %(symbol)s::text IS NULL
        OR (assets.symbol COLLATE "C", price_series.interval) > (%(symbol)s::text, %(interval)s::text)
    )
    AND (
        %(text)s::text IS NULL
        OR strpos(lower(assets.symbol), lower(%(text)s::text)) > 0
        OR strpos(lower(coalesce(assets.name, '')), lower(%(text)s::text)) > 0
    )
ORDER BY assets.symbol COLLATE "C", price_series.interval
LIMIT %(limit)s
