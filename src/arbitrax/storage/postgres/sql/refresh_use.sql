WITH used AS (
    UPDATE refresh_tokens SET used_at = %(at)s WHERE login_id = %(login)s AND used_at IS NULL
)
UPDATE logins
SET address = %(address)s, updated_at = now()
WHERE id = %(login)s
