UPDATE jobs
SET
    lease_until = clock_timestamp() + make_interval(secs => %(seconds)s),
    progress = greatest(progress, %(progress)s),
    eta = %(eta)s,
    updated_at = clock_timestamp()
WHERE id = %(job)s AND status = 'running' AND fence = %(fence)s
RETURNING cancel_asked_at IS NOT NULL AS cancel_asked
