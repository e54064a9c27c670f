UPDATE users
SET role = %(role)s, is_active = %(is_active)s, version = version + 1, updated_at = now()
WHERE id = %(user)s
