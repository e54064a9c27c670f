UPDATE refresh_tokens
SET used_at = %(at)s
WHERE token_hash = %(token_hash)s AND used_at IS NULL
