SELECT
    id, kind, owner_id, spec::text, status, attempt, losses, progress, eta, cancel_asked_at IS NOT NULL AS cancel_asked,
    error::text, result::text, created_at, started_at, finished_at
FROM jobs
WHERE kind = %(kind)s AND spec ->> %(what)s::text = %(id)s
ORDER BY id DESC
LIMIT 1
