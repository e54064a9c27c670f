SELECT
    id,
    request,
    source,
    status,
    chunks.all,
    chunks.done,
    chunks.added,
    chunks.updated,
    chunks.unchanged,
    chunks.quarantined,
    error,
    started_at,
    finished_at
FROM ingestion_runs
CROSS JOIN LATERAL (
    SELECT
        count(*) AS all,
        count(*) FILTER (WHERE status = 'done') AS done,
        coalesce(sum(added), 0)::bigint AS added,
        coalesce(sum(updated), 0)::bigint AS updated,
        coalesce(sum(unchanged), 0)::bigint AS unchanged,
        coalesce(sum(quarantined), 0)::bigint AS quarantined
    FROM ingestion_chunks
    WHERE ingestion_run_id = ingestion_runs.id
) AS chunks
ORDER BY started_at DESC, id DESC
LIMIT %(limit)s
