-- Of the owners with waiting jobs, whose fewest run; of these the one whose last turn is longest ago; its oldest.
WITH running AS (
    SELECT turn_of, count(*) AS jobs FROM jobs WHERE status = 'running' GROUP BY turn_of
), next AS (
    SELECT waiting.id, waiting.turn_of
    FROM job_turns
    LEFT JOIN running ON running.turn_of = job_turns.owner
    CROSS JOIN LATERAL (
        SELECT jobs.id, jobs.turn_of, jobs.created_at
        FROM jobs
        WHERE jobs.status = 'queued' AND jobs.turn_of = job_turns.owner
        ORDER BY jobs.created_at, jobs.id
        LIMIT 1
    ) AS waiting
    ORDER BY coalesce(running.jobs, 0), job_turns.fence, waiting.created_at, waiting.id
    LIMIT 1
), claimed AS (
    UPDATE jobs
    SET
        status = 'running',
        attempt = attempt + 1,
        lease_holder = %(holder)s,
        lease_until = clock_timestamp() + make_interval(secs => %(seconds)s),
        fence = nextval('job_fences'),
        progress = 0,
        eta = NULL,
        started_at = clock_timestamp(),
        updated_at = clock_timestamp()
    FROM next
    WHERE jobs.id = next.id AND jobs.status = 'queued'
    RETURNING jobs.*
), turned AS (
    UPDATE job_turns SET fence = claimed.fence, updated_at = now() FROM claimed WHERE job_turns.owner = claimed.turn_of
), announced AS (
    DELETE FROM job_outbox USING claimed WHERE job_outbox.job_id = claimed.id
), noted AS (
    INSERT INTO job_attempts (job_id, attempt, fence, holder, created_at)
    SELECT id, attempt, fence, lease_holder, started_at FROM claimed
)
SELECT
    id, kind, owner_id, spec::text, status, attempt, losses, progress, eta, cancel_asked_at IS NOT NULL AS cancel_asked,
    error::text, result::text, created_at, started_at, finished_at, fence
FROM claimed
