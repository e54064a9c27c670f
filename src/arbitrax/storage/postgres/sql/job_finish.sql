WITH ended AS (
    UPDATE jobs
    SET
        status = %(status)s::text,
        progress = CASE WHEN %(status)s::text = 'succeeded' THEN 1 ELSE progress END,
        error = %(error)s::jsonb,
        result = %(result)s::jsonb,
        eta = NULL,
        lease_holder = NULL,
        lease_until = NULL,
        fence = NULL,
        finished_at = clock_timestamp(),
        updated_at = clock_timestamp()
    WHERE id = %(job)s AND status = 'running' AND fence = %(fence)s
    RETURNING id, attempt, finished_at
)
UPDATE job_attempts
SET
    outcome = %(status)s::text,
    reason = %(reason)s,
    result_hash = %(result_hash)s,
    finished_at = ended.finished_at
FROM ended
WHERE job_attempts.job_id = ended.id AND job_attempts.attempt = ended.attempt
RETURNING job_attempts.job_id
