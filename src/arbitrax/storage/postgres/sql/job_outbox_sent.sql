-- Nobody came by then: the broker has lost it, or everybody is busy. Ever more patiently, up to five minutes.
UPDATE job_outbox
SET
    sends = least(sends + 1, 6),
    due_at = clock_timestamp() + least(interval '5 seconds' * (2 ^ sends), interval '5 minutes'),
    updated_at = clock_timestamp()
WHERE job_id = ANY(%(jobs)s)
