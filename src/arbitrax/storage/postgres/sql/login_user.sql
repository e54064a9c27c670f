SELECT
    users.id, users.name, users.role, users.is_active, users.must_change_password, users.created_at, users.last_login_at, users.version
FROM logins
JOIN users ON users.id = logins.user_id
WHERE logins.id = %(login)s AND logins.revoked_at IS NULL AND logins.expires_at > %(at)s AND users.is_active
