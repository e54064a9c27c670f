UPDATE ingestion_chunks
SET
    status = 'done',
    asset_id = %(asset)s,
    added = %(added)s,
    updated = %(updated)s,
    unchanged = %(unchanged)s,
    quarantined = %(quarantined)s,
    error = NULL,
    job_id = %(job)s,
    done_at = %(done_at)s
WHERE
    ingestion_run_id = %(id)s AND symbol = %(symbol)s AND interval = %(interval)s AND start = %(start)s
