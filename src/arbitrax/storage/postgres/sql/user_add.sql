INSERT INTO users (id, name, password_hash, role, is_active, must_change_password, password_changed_at, created_at)
VALUES (
    %(id)s, %(name)s, %(password_hash)s, %(role)s, %(is_active)s, %(must_change_password)s, %(created_at)s,
    %(created_at)s
)
ON CONFLICT (name) DO NOTHING
RETURNING id
