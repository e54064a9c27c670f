-- Whoever changes a job, the gateways hear of it with the commit: pages then show what began or ended elsewhere.
CREATE FUNCTION tell_job(
    kind TEXT, id UUID, owner UUID, status TEXT, cancel_asked BOOLEAN, about TEXT
) RETURNS VOID LANGUAGE SQL AS $$
    SELECT pg_notify(
        'arbitrax_job_changes',
        json_build_object(
            'kind', kind, 'id', id, 'owner', owner, 'status', status, 'cancel_asked', cancel_asked, 'about', about,
            'at', floor(extract(EPOCH FROM clock_timestamp()) * 1000)::bigint
        )::text
    )
$$;

CREATE FUNCTION job_changed() RETURNS TRIGGER LANGUAGE PLPGSQL AS $$
BEGIN
    PERFORM tell_job(
        NEW.kind, NEW.id, NEW.owner_id, NEW.status, NEW.cancel_asked_at IS NOT NULL, NEW.spec ->> 'backtest'
    );
    RETURN NULL;
END
$$;
CREATE TRIGGER job_added AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION job_changed();
-- Not of its progress, which is told by the worker.
CREATE TRIGGER job_changed AFTER UPDATE OF status, cancel_asked_at ON jobs FOR EACH ROW
WHEN ((OLD.status, OLD.cancel_asked_at) IS DISTINCT FROM (NEW.status, NEW.cancel_asked_at))
EXECUTE FUNCTION job_changed();

-- What the operator does without a job.
CREATE FUNCTION run_without_job() RETURNS TRIGGER LANGUAGE PLPGSQL AS $$
BEGIN
    PERFORM tell_job('backtest', NEW.id, NEW.owner_id, 'succeeded', false, NULL);
    RETURN NULL;
END
$$;
CREATE TRIGGER run_without_job AFTER INSERT ON backtests FOR EACH ROW
WHEN (NOT NEW.has_job) EXECUTE FUNCTION run_without_job();

CREATE FUNCTION ingestion_without_job() RETURNS TRIGGER LANGUAGE PLPGSQL AS $$
BEGIN
    PERFORM tell_job(
        'ingestion', NEW.id, NULL, CASE NEW.status WHEN 'finished' THEN 'succeeded' ELSE NEW.status END, false, NULL
    );
    RETURN NULL;
END
$$;
CREATE TRIGGER ingestion_without_job AFTER INSERT OR UPDATE OF status ON ingestion_runs FOR EACH ROW
WHEN (NEW.job_id IS NULL) EXECUTE FUNCTION ingestion_without_job();

CREATE FUNCTION chunk_without_job() RETURNS TRIGGER LANGUAGE PLPGSQL AS $$
BEGIN
    PERFORM tell_job('ingestion', NEW.ingestion_run_id, NULL, 'running', false, NULL);
    RETURN NULL;
END
$$;
CREATE TRIGGER chunk_without_job AFTER UPDATE OF status ON ingestion_chunks FOR EACH ROW
WHEN (NEW.job_id IS NULL AND OLD.status <> NEW.status) EXECUTE FUNCTION chunk_without_job();

-- Bars of the exchange's trades are made of fills as they are asked for: those of a symbol and a range, in order.
CREATE INDEX fills_of_asset ON fills (asset_id, filled_at, id) WHERE account_id IS NOT NULL AND NOT orphaned;

-- What a strategy said while it ran; also of a run that failed.
CREATE TABLE job_logs (
    job_id      UUID PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    lines       JSONB NOT NULL,
    cut         BIGINT NOT NULL DEFAULT 0,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT job_logs_lines_are_array CHECK (jsonb_typeof(lines) = 'array'),
    CONSTRAINT job_logs_cut_counts CHECK (cut >= 0)
);
COMMENT ON COLUMN job_logs.lines IS 'the newest ones, oldest first: text, and the bar in ns UTC';
COMMENT ON COLUMN job_logs.cut IS 'lines before them that are not kept';
