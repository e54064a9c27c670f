-- Ingestions asked for, and what the operator ingested without a job, newest first: ids are by time.
-- Of the latter, one that nobody holds the lock of any more was killed or interrupted.
WITH runs AS (
    SELECT
        ingestion_runs.*,
        CASE
            WHEN status = 'finished' THEN 'succeeded'
            WHEN
                status = 'running'
                AND EXISTS (
                    SELECT
                    FROM pg_locks
                    WHERE
                        locktype = 'advisory'
                        AND objsubid = 1
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        AND classid = ('x' || substr(request_hash, 1, 8))::bit(32)::int::oid
                        AND objid = ('x' || substr(request_hash, 9, 8))::bit(32)::int::oid
                )
                THEN 'running'
            ELSE 'failed'
        END AS state
    FROM ingestion_runs
    WHERE job_id IS NULL
), page AS (
    (
        SELECT id
        FROM jobs
        WHERE
            kind = 'ingestion'
            AND id BETWEEN %(least)s::uuid AND %(most)s::uuid
            AND (%(owner)s::uuid IS NULL OR owner_id = %(owner)s::uuid)
            AND (%(status)s::text IS NULL OR status = %(status)s::text)
        ORDER BY id DESC
        LIMIT %(limit)s
    )
    UNION
    (
        SELECT id
        FROM runs
        WHERE
            %(owner)s::uuid IS NULL
            AND id BETWEEN %(least)s::uuid AND %(most)s::uuid
            AND (%(status)s::text IS NULL OR state = %(status)s::text)
        ORDER BY id DESC
        LIMIT %(limit)s
    )
    ORDER BY id DESC
    LIMIT %(limit)s
)
SELECT
    page.id,
    jobs.owner_id,
    jobs.spec::text,
    jobs.result::text,
    jobs.attempt,
    jobs.progress,
    jobs.eta,
    jobs.cancel_asked_at IS NOT NULL,
    jobs.error::text,
    coalesce(jobs.status, runs.state),
    coalesce(jobs.created_at, runs.started_at),
    coalesce(jobs.started_at, runs.started_at),
    coalesce(jobs.finished_at, runs.finished_at),
    runs.request::text,
    runs.source,
    runs.status,
    runs.error,
    chunks.all,
    chunks.done,
    chunks.added,
    chunks.updated,
    chunks.unchanged,
    chunks.quarantined
FROM page
LEFT JOIN jobs ON jobs.id = page.id
LEFT JOIN runs ON runs.id = page.id
CROSS JOIN LATERAL (
    SELECT
        count(*) AS all,
        count(*) FILTER (WHERE status = 'done') AS done,
        coalesce(sum(added), 0)::bigint AS added,
        coalesce(sum(updated), 0)::bigint AS updated,
        coalesce(sum(unchanged), 0)::bigint AS unchanged,
        coalesce(sum(quarantined), 0)::bigint AS quarantined
    FROM ingestion_chunks
    WHERE ingestion_chunks.job_id = jobs.id OR ingestion_run_id = runs.id
) AS chunks
ORDER BY page.id DESC
