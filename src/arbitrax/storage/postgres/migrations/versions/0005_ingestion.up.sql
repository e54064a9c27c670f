-- Assets: what they are, and whether they still have their symbol.
ALTER TABLE assets
    ADD COLUMN exchange     VARCHAR(16),
    ADD COLUMN currency     VARCHAR(8),
    ADD COLUMN tick_size    DECIMAL,
    ADD COLUMN lot_size     DECIMAL,
    ADD COLUMN released_on  DATE,
    DROP CONSTRAINT assets_symbol_key,
    DROP CONSTRAINT assets_type_known;
UPDATE assets SET asset_type = 'equity' WHERE asset_type = 'stock';
UPDATE assets SET asset_type = 'fx' WHERE asset_type = 'forex';
ALTER TABLE assets
    ADD CONSTRAINT assets_type_known CHECK (
        asset_type IN ('unknown', 'equity', 'etf', 'fund', 'index', 'fx', 'crypto', 'future', 'option', 'bond')
    ),
    ADD CONSTRAINT assets_name_has_text CHECK (name <> ''),
    ADD CONSTRAINT assets_exchange_has_text CHECK (exchange = btrim(exchange) AND exchange <> ''),
    ADD CONSTRAINT assets_currency_is_code CHECK (currency ~ '^[A-Z]{3,8}$'),
    ADD CONSTRAINT assets_tick_size CHECK (tick_size > 0 AND tick_size < 'Infinity'),
    ADD CONSTRAINT assets_lot_size CHECK (lot_size > 0 AND lot_size < 'Infinity');
CREATE UNIQUE INDEX assets_symbol_held ON assets (symbol) WHERE released_on IS NULL;
COMMENT ON COLUMN assets.released_on IS 'from this day on the symbol is free for another asset';
-- One row per symbol an asset has had, once it has had more than one or lost its only one.
CREATE INDEX asset_symbols_by_symbol ON asset_symbols (symbol, valid_from);

-- Whose symbol it is, or else who had it last.
CREATE FUNCTION asset_of(wanted TEXT) RETURNS UUID LANGUAGE SQL STABLE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT id FROM assets WHERE symbol = wanted AND released_on IS NULL),
        (SELECT asset_id FROM asset_symbols WHERE symbol = wanted ORDER BY valid_from DESC LIMIT 1)
    )
$$;

-- Whose symbol it was when something was known: the newest asset with that symbol, now or once, that was there then.
CREATE FUNCTION asset_then(wanted TEXT, known_at TIMESTAMPTZ) RETURNS UUID LANGUAGE SQL STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN known_at IS NULL THEN asset_of(wanted)
        ELSE (
            SELECT id
            FROM assets
            WHERE
                symbol = wanted
                OR id IN (SELECT asset_id FROM asset_symbols WHERE asset_symbols.symbol = wanted)
            ORDER BY created_at > known_at, CASE WHEN created_at <= known_at THEN created_at END DESC, created_at
            LIMIT 1
        )
    END
$$;

-- Under which symbol a run used an asset: the asset may have another one later.
ALTER TABLE backtest_assets
    ADD COLUMN symbol   VARCHAR(64),
    ADD COLUMN quality  TEXT;
COMMENT ON COLUMN backtest_assets.quality IS 'what the quality report of the series warned of then';
UPDATE backtest_assets SET symbol = assets.symbol FROM assets WHERE assets.id = backtest_assets.asset_id;
ALTER TABLE backtest_assets
    ALTER COLUMN symbol SET NOT NULL,
    ADD CONSTRAINT backtest_assets_symbol_has_text CHECK (symbol <> '');

-- Few rows: bars that still change.
CREATE INDEX historical_prices_provisional ON historical_prices (asset_id, interval, timestamp) WHERE NOT is_final;

-- What was asked for, as written, and how far it got; counts are those of its chunks.
ALTER TABLE ingestion_runs
    ADD COLUMN request       JSON,
    ADD COLUMN request_hash  TEXT,
    ADD COLUMN epoch         BIGINT NOT NULL DEFAULT 1,
    DROP CONSTRAINT ingestion_runs_counts,
    DROP COLUMN rows_added,
    DROP COLUMN rows_updated,
    DROP COLUMN rows_unchanged,
    DROP COLUMN rows_quarantined,
    ADD CONSTRAINT ingestion_runs_request CHECK (
        num_nulls(request, request_hash) IN (0, 2) AND json_typeof(request) = 'object'
        AND request_hash ~ '^[0-9a-f]{64}$'
    ),
    ADD CONSTRAINT ingestion_runs_epoch CHECK (epoch > 0);
COMMENT ON COLUMN ingestion_runs.epoch IS 'grows each time a process takes the run up; an earlier one can store no more';
CREATE INDEX ingestion_runs_by_request ON ingestion_runs (request_hash, started_at DESC);

CREATE TABLE ingestion_chunks (
    ingestion_run_id  UUID NOT NULL REFERENCES ingestion_runs (id) ON DELETE CASCADE,
    position          INTEGER NOT NULL,
    symbol            VARCHAR(64) NOT NULL,
    asset_id          UUID REFERENCES assets (id) ON DELETE RESTRICT,
    interval          VARCHAR(8) COLLATE "C" NOT NULL,
    start             TIMESTAMPTZ NOT NULL,
    "end"             TIMESTAMPTZ NOT NULL,
    status            VARCHAR(16) NOT NULL DEFAULT 'waiting',
    added             BIGINT NOT NULL DEFAULT 0,
    updated           BIGINT NOT NULL DEFAULT 0,
    unchanged         BIGINT NOT NULL DEFAULT 0,
    quarantined       BIGINT NOT NULL DEFAULT 0,
    error             TEXT,
    done_at           TIMESTAMPTZ,
    created_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (ingestion_run_id, position),
    CONSTRAINT ingestion_chunks_once UNIQUE (ingestion_run_id, symbol, interval, start),
    CONSTRAINT ingestion_chunks_symbol_has_text CHECK (symbol = btrim(symbol) AND symbol <> ''),
    CONSTRAINT ingestion_chunks_interval_known CHECK (interval ~ '^[1-9][0-9]*(s|m|h|d|w|mo)$'),
    CONSTRAINT ingestion_chunks_time_order CHECK ("end" > start),
    CONSTRAINT ingestion_chunks_status_known CHECK (status IN ('waiting', 'done')),
    CONSTRAINT ingestion_chunks_done CHECK (
        CASE status
            WHEN 'done' THEN num_nulls(done_at, asset_id) = 0 AND error IS NULL
            ELSE num_nonnulls(done_at, asset_id) = 0
        END
    ),
    CONSTRAINT ingestion_chunks_counts CHECK (added >= 0 AND updated >= 0 AND unchanged >= 0 AND quarantined >= 0)
);
COMMENT ON COLUMN ingestion_chunks.error IS 'why the newest try failed; the chunk waits for the next';
CREATE INDEX ingestion_chunks_covered ON ingestion_chunks (asset_id, interval, start) WHERE status = 'done';

-- A row that comes again with the next try is stored once.
ALTER TABLE quarantined_rows
    ADD COLUMN timestamp     TIMESTAMPTZ,
    ADD COLUMN ts_recv       TIMESTAMPTZ,
    ADD COLUMN content_hash  TEXT;
UPDATE quarantined_rows
SET
    timestamp = created_at,
    ts_recv = created_at,
    content_hash = encode(sha256(convert_to(id::text, 'UTF8')), 'hex');
ALTER TABLE quarantined_rows
    ALTER COLUMN timestamp SET NOT NULL,
    ALTER COLUMN ts_recv SET NOT NULL,
    ALTER COLUMN content_hash SET NOT NULL,
    ALTER COLUMN rule TYPE TEXT,
    ADD CONSTRAINT quarantined_rows_hash_is_sha256 CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    ADD CONSTRAINT quarantined_rows_once UNIQUE (asset_id, interval, source, content_hash);
COMMENT ON COLUMN quarantined_rows.content_hash IS 'SHA-256 of time, row and rules; not of the reason, which may name today';

-- The newest report of a series.
CREATE TABLE quality_reports (
    asset_id    UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    interval    VARCHAR(8) COLLATE "C" NOT NULL,
    as_of       TIMESTAMPTZ NOT NULL,
    score       DOUBLE PRECISION NOT NULL,
    report      JSON NOT NULL,
    made_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (asset_id, interval),
    CONSTRAINT quality_reports_interval_known CHECK (interval ~ '^[1-9][0-9]*(s|m|h|d|w|mo)$'),
    CONSTRAINT quality_reports_score CHECK (score BETWEEN 0 AND 100),
    CONSTRAINT quality_reports_report_is_object CHECK (json_typeof(report) = 'object')
);

-- The audit of repairs. Bars as in `arbitrax.services.catalogue_ports.Repair`; those that go have no place in `after`.
CREATE TABLE data_repairs (
    id           UUID PRIMARY KEY,
    asset_id     UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    interval     VARCHAR(8) COLLATE "C" NOT NULL,
    rule         TEXT NOT NULL,
    reason       TEXT NOT NULL,
    before       JSON NOT NULL,
    after        JSON NOT NULL,
    proposed_at  TIMESTAMPTZ NOT NULL,
    applied_at   TIMESTAMPTZ,
    applied_by   TEXT,
    undone_at    TIMESTAMPTZ,
    undone_by    TEXT,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT data_repairs_interval_known CHECK (interval ~ '^[1-9][0-9]*(s|m|h|d|w|mo)$'),
    CONSTRAINT data_repairs_say_why CHECK (rule <> '' AND reason <> ''),
    CONSTRAINT data_repairs_bars_are_objects CHECK (json_typeof(before) = 'object' AND json_typeof(after) = 'object'),
    CONSTRAINT data_repairs_applied CHECK (num_nulls(applied_at, applied_by) IN (0, 2) AND applied_by <> ''),
    CONSTRAINT data_repairs_undone CHECK (num_nulls(undone_at, undone_by) IN (0, 2) AND undone_by <> ''),
    CONSTRAINT data_repairs_time_order CHECK (undone_at IS NULL OR (applied_at IS NOT NULL AND undone_at > applied_at))
);
COMMENT ON COLUMN data_repairs.applied_at IS 'ts_recv of the repaired bars, superseded_at of what they were';
CREATE INDEX data_repairs_of_series ON data_repairs (asset_id, interval, proposed_at);

CREATE TABLE ingestion_schedules (
    id          UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name        VARCHAR(64) NOT NULL UNIQUE,
    symbols     TEXT[],
    watchlist   TEXT,
    source      TEXT NOT NULL,
    interval    VARCHAR(8) COLLATE "C" NOT NULL,
    calendar    VARCHAR(16) NOT NULL,
    last_done   DATE,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT ingestion_schedules_name_has_text CHECK (name = btrim(name) AND name <> ''),
    CONSTRAINT ingestion_schedules_what CHECK (
        num_nonnulls(symbols, watchlist) = 1 AND cardinality(symbols) > 0 AND array_position(symbols, NULL) IS NULL
        AND watchlist <> ''
    ),
    CONSTRAINT ingestion_schedules_source_has_text CHECK (source <> ''),
    CONSTRAINT ingestion_schedules_interval_known CHECK (interval ~ '^[1-9][0-9]*(s|m|h|d|w|mo)$'),
    CONSTRAINT ingestion_schedules_calendar_has_text CHECK (calendar <> '')
);
COMMENT ON COLUMN ingestion_schedules.last_done IS 'the newest session of the calendar that was ingested';
