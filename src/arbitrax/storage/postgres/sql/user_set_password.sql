UPDATE users
SET
    password_hash = %(password_hash)s, must_change_password = %(must_change)s, password_changed_at = %(at)s,
    version = version + 1, updated_at = now()
WHERE id = %(user)s
