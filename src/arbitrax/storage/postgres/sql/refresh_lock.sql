SELECT
    users.id, users.name, users.role, users.is_active, users.must_change_password, users.created_at, users.last_login_at, users.version,
    logins.id,
    refresh_tokens.used_at IS NOT NULL AS used,
    users.is_active AND logins.revoked_at IS NULL AND logins.expires_at > %(at)s
        AND refresh_tokens.expires_at > %(at)s AS valid
FROM refresh_tokens
JOIN logins ON logins.id = refresh_tokens.login_id
JOIN users ON users.id = logins.user_id
WHERE refresh_tokens.token_hash = %(token_hash)s
FOR UPDATE OF refresh_tokens
