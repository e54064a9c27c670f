SELECT
    id,
    fence,
    lease_holder,
    pg_postmaster_start_time() > lease_until - make_interval(secs => %(seconds)s) AS begun_anew
FROM jobs
WHERE status = 'running' AND lease_until < clock_timestamp()
FOR UPDATE SKIP LOCKED
