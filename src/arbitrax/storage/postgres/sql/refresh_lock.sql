SELECT logins.id
FROM logins
JOIN refresh_tokens ON refresh_tokens.login_id = logins.id
WHERE refresh_tokens.token_hash = %(token_hash)s
FOR NO KEY UPDATE OF logins
