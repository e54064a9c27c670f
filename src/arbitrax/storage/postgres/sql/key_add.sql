INSERT INTO api_keys (id, user_id, name, key_hash, hint, scopes, addresses, expires_at, created_at)
VALUES (
    %(id)s, %(user)s, %(name)s, %(key_hash)s, %(hint)s, %(scopes)s, %(addresses)s::cidr[], %(expires_at)s, %(created_at)s
)
ON CONFLICT (user_id, name) WHERE revoked_at IS NULL DO NOTHING
RETURNING id
