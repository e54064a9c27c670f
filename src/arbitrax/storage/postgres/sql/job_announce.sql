WITH waiting AS (
    INSERT INTO job_outbox (job_id) VALUES (%(job)s)
    ON CONFLICT (job_id) DO UPDATE SET due_at = now(), sends = 0, updated_at = now()
    RETURNING job_id
)
SELECT pg_notify('arbitrax_jobs', '') FROM waiting
