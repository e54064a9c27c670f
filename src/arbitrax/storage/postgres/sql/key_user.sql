SELECT
    api_keys.id, api_keys.user_id, api_keys.name, api_keys.hint, api_keys.scopes, api_keys.addresses, api_keys.created_at, api_keys.last_used_at, api_keys.expires_at, api_keys.revoked_at,
    users.id, users.name, users.role, users.is_active, users.must_change_password, users.created_at, users.last_login_at, users.version
FROM api_keys
JOIN users ON users.id = api_keys.user_id
WHERE
    api_keys.key_hash = %(key_hash)s AND api_keys.revoked_at IS NULL
    AND (api_keys.expires_at IS NULL OR api_keys.expires_at > %(at)s) AND users.is_active
