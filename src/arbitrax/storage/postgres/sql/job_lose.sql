-- An attempt that ended without an outcome of its own. The job waits again, or has been tried often enough.
WITH judged AS (
    SELECT
        id,
        CASE
            WHEN cancel_asked_at IS NOT NULL THEN 'cancelled'
            WHEN CASE WHEN %(counts)s THEN losses + 1 ELSE attempt END >= %(most)s THEN 'dead'
            ELSE 'queued'
        END AS status
    FROM jobs
    WHERE id = %(job)s AND status = 'running' AND fence = %(fence)s
    FOR UPDATE
), ended AS (
    UPDATE jobs
    SET
        status = judged.status,
        losses = losses + CASE WHEN %(counts)s THEN 1 ELSE 0 END,
        error = CASE WHEN judged.status = 'dead' THEN %(error)s::jsonb END,
        progress = 0,
        eta = NULL,
        lease_holder = NULL,
        lease_until = NULL,
        fence = NULL,
        finished_at = CASE WHEN judged.status <> 'queued' THEN clock_timestamp() END,
        updated_at = clock_timestamp()
    FROM judged
    WHERE jobs.id = judged.id
    RETURNING jobs.id, jobs.attempt, jobs.status
), noted AS (
    UPDATE job_attempts
    SET
        outcome = CASE WHEN %(counts)s THEN 'lost' ELSE 'given_back' END,
        reason = %(reason)s,
        finished_at = clock_timestamp()
    FROM ended
    WHERE job_attempts.job_id = ended.id AND job_attempts.attempt = ended.attempt
)
SELECT status FROM ended
