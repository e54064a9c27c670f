SELECT
    id, name, role, is_active, must_change_password, created_at, last_login_at, version,
    password_hash
FROM users
WHERE name = %(name)s
