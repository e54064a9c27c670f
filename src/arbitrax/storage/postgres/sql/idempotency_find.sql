SELECT request_hash, status_code, response::text, location
FROM idempotency_keys
WHERE user_id = %(user)s AND key = %(key)s AND expires_at > %(at)s
