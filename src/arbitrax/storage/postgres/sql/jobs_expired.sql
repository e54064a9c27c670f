SELECT id, fence, lease_holder
FROM jobs
WHERE status = 'running' AND lease_until < clock_timestamp()
FOR UPDATE SKIP LOCKED
