-- An attempt that ended without an outcome of its own. The job waits again, or has been tried often enough.
WITH ended AS (
    UPDATE jobs
    SET
        status = CASE
            WHEN cancel_asked_at IS NOT NULL THEN 'cancelled'
            WHEN %(counts)s AND losses + 1 >= %(most)s THEN 'dead'
            ELSE 'queued'
        END,
        losses = losses + CASE WHEN %(counts)s THEN 1 ELSE 0 END,
        error = CASE
            WHEN cancel_asked_at IS NULL AND %(counts)s AND losses + 1 >= %(most)s THEN %(error)s::jsonb
        END,
        progress = 0,
        eta = NULL,
        lease_holder = NULL,
        lease_until = NULL,
        fence = NULL,
        finished_at = CASE
            WHEN cancel_asked_at IS NOT NULL OR (%(counts)s AND losses + 1 >= %(most)s) THEN clock_timestamp()
        END,
        updated_at = clock_timestamp()
    WHERE id = %(job)s AND status = 'running' AND fence = %(fence)s
    RETURNING id, attempt, status
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
