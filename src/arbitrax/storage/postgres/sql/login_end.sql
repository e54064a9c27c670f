UPDATE logins
SET revoked_at = %(at)s, reason = %(reason)s, updated_at = now()
WHERE id = %(login)s AND revoked_at IS NULL
