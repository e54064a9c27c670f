SELECT public_key
FROM signing_keys
WHERE id = %(id)s AND expires_at > %(at)s
