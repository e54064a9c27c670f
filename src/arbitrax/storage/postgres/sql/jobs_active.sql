-- Jobs that wait or go on, the newest first: each half by its own partial index, however many have ended.
WITH active AS (
    SELECT * FROM jobs WHERE status = 'running' AND (%(owner)s::uuid IS NULL OR owner_id = %(owner)s)
    UNION ALL
    SELECT * FROM jobs WHERE status = 'queued' AND (%(owner)s::uuid IS NULL OR owner_id = %(owner)s)
)
SELECT
    kind,
    id,
    owner_id,
    status,
    cancel_asked_at IS NOT NULL AS cancel_asked,
    (spec ->> 'backtest')::uuid AS about,
    floor(extract(EPOCH FROM updated_at) * 1000)::bigint AS at
FROM active
ORDER BY id DESC
LIMIT %(limit)s
