UPDATE logins
SET revoked_at = %(at)s, reason = %(reason)s, updated_at = now()
WHERE user_id = %(user)s AND id IS DISTINCT FROM %(but)s::uuid AND revoked_at IS NULL
