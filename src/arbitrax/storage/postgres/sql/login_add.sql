WITH forgotten AS (
    DELETE FROM logins WHERE user_id = %(user)s AND expires_at < %(at)s
), noted AS (
    UPDATE users SET last_login_at = %(at)s WHERE id = %(user)s
)
INSERT INTO logins (id, user_id, address, expires_at, created_at)
VALUES (%(login)s, %(user)s, %(address)s, %(expires)s, %(at)s)
