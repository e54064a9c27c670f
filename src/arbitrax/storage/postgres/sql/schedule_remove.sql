DELETE FROM ingestion_schedules WHERE name = %(name)s
