INSERT INTO ingestion_runs (id, source, request, request_hash, started_at)
VALUES (%(id)s, %(source)s, %(request)s::json, %(request_hash)s, %(started_at)s)
