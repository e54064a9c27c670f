SELECT id, user_id, name, hint, scopes, addresses, created_at, last_used_at, expires_at, revoked_at
FROM api_keys
WHERE
    (%(user)s::uuid IS NULL OR user_id = %(user)s::uuid)
    AND (%(after)s::uuid IS NULL OR id < %(after)s::uuid)
ORDER BY id DESC
LIMIT %(limit)s
