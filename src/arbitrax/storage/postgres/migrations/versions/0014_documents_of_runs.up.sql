-- What is told of a finished run and takes long to find out: made when it ends, or when it is first asked for.
CREATE TABLE backtest_documents (
    backtest_id     UUID NOT NULL REFERENCES backtests (id) ON DELETE CASCADE,
    name            VARCHAR(32) NOT NULL,
    engine_version  TEXT NOT NULL,
    data            BYTEA NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (backtest_id, name),
    CONSTRAINT backtest_documents_name_has_text CHECK (name <> '')
);
-- A page of trades reads its part of the excursions, which compressing would not allow.
ALTER TABLE backtest_documents ALTER data SET STORAGE EXTERNAL;
COMMENT ON COLUMN backtest_documents.engine_version IS 'of the release that made it; another makes it anew';
