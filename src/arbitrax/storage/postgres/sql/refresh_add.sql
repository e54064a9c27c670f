INSERT INTO refresh_tokens (token_hash, login_id, expires_at, created_at)
VALUES (%(token_hash)s, %(login)s, %(expires)s, %(at)s)
