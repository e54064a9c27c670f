-- The newest that waits to be continued: it was left while running, or ended with chunks that wait.
SELECT id
FROM ingestion_runs
WHERE
    request_hash = %(request_hash)s
    AND (
        status = 'running'
        OR EXISTS (
            SELECT FROM ingestion_chunks WHERE ingestion_run_id = ingestion_runs.id AND status = 'waiting'
        )
    )
ORDER BY started_at DESC, id DESC
LIMIT 1
