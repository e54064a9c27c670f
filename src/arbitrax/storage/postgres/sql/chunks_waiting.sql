SELECT symbol, interval, start, "end"
FROM ingestion_chunks
WHERE ingestion_run_id = %(id)s AND status = 'waiting'
ORDER BY position
