UPDATE ingestion_schedules
SET last_done = greatest(last_done, %(session)s), updated_at = now()
WHERE name = %(name)s
