SELECT count(*) FROM ingestion_chunks WHERE ingestion_run_id = %(id)s AND status = 'done'
