UPDATE ingestion_runs
SET
    status = CASE WHEN chunks.waiting > 0 OR %(error)s::text IS NOT NULL THEN 'failed' ELSE 'finished' END,
    error = coalesce(
        %(error)s,
        CASE WHEN chunks.waiting > 0 THEN chunks.waiting || ' of ' || chunks.all || ' chunks still wait.' END
    ),
    finished_at = greatest(%(finished_at)s, started_at)
FROM (
    SELECT count(*) AS all, count(*) FILTER (WHERE status = 'waiting') AS waiting
    FROM ingestion_chunks
    WHERE ingestion_run_id = %(id)s
) AS chunks
WHERE id = %(id)s AND epoch = %(epoch)s
