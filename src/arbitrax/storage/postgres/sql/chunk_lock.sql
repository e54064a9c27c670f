SELECT status = 'done'
FROM ingestion_chunks
WHERE
    ingestion_run_id = %(id)s
    AND symbol = %(symbol)s
    AND interval = %(interval)s
    AND start = %(start)s
    AND "end" = %(end)s
FOR UPDATE
