SELECT id, user_id, name, hint, scopes, addresses, created_at, last_used_at, expires_at, revoked_at
FROM api_keys
WHERE id = %(key)s
