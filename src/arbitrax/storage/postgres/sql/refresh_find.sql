SELECT
    users.id, users.name, users.role, users.is_active, users.must_change_password, users.created_at, users.last_login_at, users.version,
    refresh_tokens.used_at,
    COALESCE(logins.address = %(address)s::inet, false) AND NOT EXISTS (
        SELECT 1 FROM refresh_tokens AS other
        WHERE other.login_id = logins.id AND other.used_at > refresh_tokens.used_at
    ) AS last_of_client,
    users.is_active AND logins.revoked_at IS NULL AND logins.expires_at > %(at)s
        AND refresh_tokens.expires_at > %(at)s AS valid
FROM refresh_tokens
JOIN logins ON logins.id = refresh_tokens.login_id
JOIN users ON users.id = logins.user_id
WHERE refresh_tokens.token_hash = %(token_hash)s
