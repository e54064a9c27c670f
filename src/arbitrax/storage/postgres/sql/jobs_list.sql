-- Ids are by time. Each condition that is not asked for is NULL.
SELECT
    id, kind, owner_id, spec::text, status, attempt, losses, progress, eta, cancel_asked_at IS NOT NULL AS cancel_asked,
    error::text, result::text, created_at, started_at, finished_at
FROM jobs
WHERE (%(kind)s::text IS NULL OR kind = %(kind)s)
AND (%(owner)s::uuid IS NULL OR owner_id = %(owner)s)
AND (%(status)s::text IS NULL OR status = %(status)s)
AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC
LIMIT %(limit)s
