INSERT INTO jobs (id, kind, owner_id, spec)
VALUES (%(id)s, %(kind)s, %(owner)s, %(spec)s::jsonb)
RETURNING
    id, kind, owner_id, spec::text, status, attempt, losses, progress, eta, cancel_asked_at IS NOT NULL AS cancel_asked,
    error::text, result::text, created_at, started_at, finished_at
