UPDATE api_keys
SET revoked_at = %(at)s, updated_at = now()
WHERE id = %(key)s AND revoked_at IS NULL
