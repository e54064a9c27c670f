-- A job that waits ends here; one that runs is told by its worker; one that has ended stays as it is.
WITH asked AS (
    UPDATE jobs
    SET
        cancel_asked_at = coalesce(cancel_asked_at, clock_timestamp()),
        status = CASE WHEN status = 'queued' THEN 'cancelled' ELSE status END,
        finished_at = CASE WHEN status = 'queued' THEN clock_timestamp() END,
        updated_at = clock_timestamp()
    WHERE id = %(job)s AND status IN ('queued', 'running')
    RETURNING id, status
)
DELETE FROM job_outbox USING asked WHERE job_outbox.job_id = asked.id AND asked.status = 'cancelled'
