SELECT id, name, role, is_active, must_change_password, created_at, last_login_at, version
FROM users
WHERE id = %(user)s
FOR UPDATE
