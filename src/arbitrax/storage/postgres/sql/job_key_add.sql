-- The answer is the job itself, whatever has become of it when the request comes again.
INSERT INTO idempotency_keys (user_id, key, request_hash, status_code, response, expires_at)
VALUES (
    %(owner)s, %(key)s, %(request_hash)s, 202, json_build_object('job', %(id)s::uuid), now() + interval '24 hours'
)
ON CONFLICT (user_id, key) DO NOTHING
RETURNING key
