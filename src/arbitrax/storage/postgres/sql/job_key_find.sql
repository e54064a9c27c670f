SELECT request_hash, (response ->> 'job')::uuid AS job
FROM idempotency_keys
WHERE user_id = %(owner)s AND key = %(key)s
