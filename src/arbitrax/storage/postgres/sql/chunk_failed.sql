UPDATE ingestion_chunks
SET error = %(error)s
WHERE
    ingestion_run_id = %(id)s
    AND symbol = %(symbol)s
    AND interval = %(interval)s
    AND start = %(start)s
    AND status = 'waiting'
    AND EXISTS (SELECT FROM ingestion_runs WHERE ingestion_runs.id = %(id)s AND epoch = %(epoch)s)
