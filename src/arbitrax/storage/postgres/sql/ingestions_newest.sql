-- One that nobody holds the lock of any more was killed or interrupted.
SELECT
    id,
    request,
    source,
    CASE
        WHEN
            status = 'running'
            AND NOT EXISTS (
                SELECT
                FROM pg_locks
                WHERE
                    locktype = 'advisory'
                    AND objsubid = 1
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    AND classid = ('x' || substr(request_hash, 1, 8))::bit(32)::int::oid
                    AND objid = ('x' || substr(request_hash, 9, 8))::bit(32)::int::oid
            )
            THEN 'stopped'
        ELSE status
    END,
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
WHERE
    (
        %(after)s::uuid IS NULL
        OR (started_at, id) < (SELECT before.started_at, before.id FROM ingestion_runs AS before WHERE before.id = %(after)s::uuid)
    )
    AND (%(only)s::uuid IS NULL OR id = %(only)s::uuid)
ORDER BY started_at DESC, id DESC
LIMIT %(limit)s
