SELECT attempt, holder, created_at, finished_at, outcome, reason
FROM job_attempts
WHERE job_id = %(job)s
ORDER BY attempt
