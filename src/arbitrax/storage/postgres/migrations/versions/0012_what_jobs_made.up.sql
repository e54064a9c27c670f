-- NULL: the operator's, on the command line. A run may be taken up by another than who began it.
ALTER TABLE ingestion_runs ADD COLUMN job_id UUID REFERENCES jobs (id) ON DELETE SET NULL;
ALTER TABLE ingestion_chunks ADD COLUMN job_id UUID REFERENCES jobs (id) ON DELETE SET NULL;
COMMENT ON COLUMN ingestion_runs.job_id IS 'that began it';
COMMENT ON COLUMN ingestion_chunks.job_id IS 'that brought it';
CREATE INDEX ingestion_runs_of_job ON ingestion_runs (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX ingestion_chunks_of_job ON ingestion_chunks (job_id) WHERE job_id IS NOT NULL;

-- A list of all backtests is one of jobs and of the few runs beside them, which it must find without reading the others.
ALTER TABLE backtests ADD COLUMN has_job BOOLEAN NOT NULL DEFAULT false;
UPDATE backtests SET has_job = true WHERE EXISTS (SELECT FROM jobs WHERE jobs.id = backtests.id);
CREATE INDEX backtests_without_job ON backtests (id) WHERE NOT has_job;
COMMENT ON COLUMN backtests.has_job IS 'whether a job made it, whose id it has';
