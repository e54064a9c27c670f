INSERT INTO ingestion_runs (id, source, request, request_hash, started_at, job_id)
VALUES (%(id)s, %(source)s, %(request)s::json, %(request_hash)s, %(started_at)s, %(job)s)
