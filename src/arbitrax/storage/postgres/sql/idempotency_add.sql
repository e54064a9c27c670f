WITH forgotten AS (
    DELETE FROM idempotency_keys
    WHERE (user_id, key) IN (
        SELECT user_id, key
        FROM idempotency_keys
        WHERE expires_at < %(at)s
        ORDER BY expires_at
        LIMIT 10
        FOR UPDATE SKIP LOCKED
    )
)
INSERT INTO idempotency_keys (user_id, key, request_hash, status_code, response, location, expires_at, created_at)
VALUES (
    %(user)s, %(key)s, %(request_hash)s, %(status)s, %(response)s::json, %(location)s, %(expires)s, %(at)s
)
ON CONFLICT (user_id, key) DO UPDATE SET
    request_hash = excluded.request_hash, status_code = excluded.status_code, response = excluded.response,
    location = excluded.location, expires_at = excluded.expires_at, created_at = excluded.created_at
