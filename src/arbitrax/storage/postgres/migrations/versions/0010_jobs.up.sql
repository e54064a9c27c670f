-- The row is the truth about a job; brokers only carry the news that there is one.
CREATE TABLE jobs (
    id               UUID PRIMARY KEY,
    kind             VARCHAR(32) NOT NULL,
    owner_id         UUID REFERENCES users (id) ON DELETE RESTRICT,
    -- Whose turn it is; a NULL would not find its way into an index lookup.
    turn_of          UUID NOT NULL GENERATED ALWAYS AS (
        coalesce(owner_id, '00000000-0000-0000-0000-000000000000'::uuid)
    ) STORED,
    spec             JSONB NOT NULL,
    status           VARCHAR(16) NOT NULL DEFAULT 'queued',
    attempt          SMALLINT NOT NULL DEFAULT 0,
    losses           SMALLINT NOT NULL DEFAULT 0,
    lease_holder     TEXT,
    lease_until      TIMESTAMPTZ,
    fence            BIGINT,
    progress         DOUBLE PRECISION NOT NULL DEFAULT 0,
    eta              TIMESTAMPTZ,
    cancel_asked_at  TIMESTAMPTZ,
    error            JSONB,
    result           JSONB,
    created_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    started_at       TIMESTAMPTZ,
    finished_at      TIMESTAMPTZ,
    updated_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT jobs_kind_has_text CHECK (kind <> ''),
    CONSTRAINT jobs_status_known CHECK (
        status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'dead')
    ),
    CONSTRAINT jobs_attempts CHECK (losses >= 0 AND attempt >= losses),
    CONSTRAINT jobs_progress CHECK (progress BETWEEN 0 AND 1),
    CONSTRAINT jobs_lease CHECK (
        num_nulls(lease_holder, lease_until, fence) = CASE WHEN status = 'running' THEN 0 ELSE 3 END
    ),
    CONSTRAINT jobs_error CHECK ((status IN ('failed', 'dead')) = (error IS NOT NULL)),
    CONSTRAINT jobs_result CHECK (result IS NULL OR status = 'succeeded'),
    CONSTRAINT jobs_finished CHECK ((status IN ('queued', 'running')) = (finished_at IS NULL))
);
CREATE INDEX jobs_waiting ON jobs (turn_of, created_at, id) WHERE status = 'queued';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE status = 'running';
CREATE INDEX jobs_of_owner ON jobs (owner_id, kind, id);
CREATE INDEX jobs_by_kind ON jobs (kind, id);
COMMENT ON COLUMN jobs.id IS 'a backtest has the id of its job';
COMMENT ON COLUMN jobs.result IS 'of kinds that have no table of their own for it';
COMMENT ON COLUMN jobs.losses IS 'attempts that ended with their process or their worker';
COMMENT ON COLUMN jobs.fence IS 'of the lease; who holds an older one writes nothing';

-- One sequence for all: fences only grow, and the last fence of an owner says when it had its last turn.
CREATE SEQUENCE job_fences;

CREATE TABLE job_turns (
    owner       UUID PRIMARY KEY,
    fence       BIGINT NOT NULL DEFAULT 0,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON TABLE job_turns IS 'of those who wait, the one whose last turn is longest ago is next';

CREATE TABLE job_attempts (
    job_id       UUID NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    attempt      SMALLINT NOT NULL,
    fence        BIGINT NOT NULL UNIQUE,
    holder       TEXT NOT NULL,
    outcome      VARCHAR(16),
    reason       TEXT,
    result_hash  TEXT,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at  TIMESTAMPTZ,
    PRIMARY KEY (job_id, attempt),
    CONSTRAINT job_attempts_outcome_known CHECK (
        outcome IN ('succeeded', 'failed', 'cancelled', 'lost', 'given_back')
    ),
    CONSTRAINT job_attempts_finished CHECK ((outcome IS NULL) = (finished_at IS NULL))
);

-- A job that waits has a row here until somebody claims it; the relay sends it to the broker, and again when nobody came.
CREATE TABLE job_outbox (
    job_id      UUID PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    sends       SMALLINT NOT NULL DEFAULT 0,
    due_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX job_outbox_due ON job_outbox (due_at);
