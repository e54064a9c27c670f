-- To the minute, and not while another notes the same.
UPDATE api_keys
SET last_used_at = %(at)s
WHERE id = (
    SELECT id
    FROM api_keys
    WHERE id = %(key)s AND (last_used_at IS NULL OR last_used_at < %(at)s::timestamptz - interval '1 minute')
    FOR UPDATE SKIP LOCKED
)
