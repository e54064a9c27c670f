SELECT
    id, created_at, actor, user_id, key_id, host(address), request_id, action, subject, detail::text
FROM audit_log
WHERE %(after)s::uuid IS NULL OR id < %(after)s::uuid
ORDER BY id DESC
LIMIT %(limit)s
