ALTER TABLE backtests DROP COLUMN has_job;
ALTER TABLE ingestion_chunks DROP COLUMN job_id;
ALTER TABLE ingestion_runs DROP COLUMN job_id;
