SELECT job_id, due_at
FROM job_outbox
WHERE due_at <= clock_timestamp()
ORDER BY due_at
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
