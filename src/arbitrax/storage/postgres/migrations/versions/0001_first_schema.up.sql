-- Amounts are NUMERIC without precision: the shortest decimal of a float64 fits, so `::float8` gives the same bits.
-- NUMERIC sorts NaN above everything and has infinities, hence `< 'Infinity'`, which refuses both.

CREATE TABLE assets (
    id          UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    symbol      VARCHAR(64) NOT NULL UNIQUE,
    name        VARCHAR(200),
    asset_type  VARCHAR(32) NOT NULL DEFAULT 'unknown',
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT assets_symbol_has_text CHECK (symbol = btrim(symbol) AND symbol <> ''),
    CONSTRAINT assets_type_known CHECK (
        asset_type IN ('unknown', 'stock', 'etf', 'index', 'crypto', 'forex', 'future', 'option', 'bond', 'fund')
    )
);

CREATE TABLE price_series (
    asset_id      UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    interval      VARCHAR(8) COLLATE "C" NOT NULL,
    rows          BIGINT NOT NULL DEFAULT 0,
    first         TIMESTAMPTZ,
    last          TIMESTAMPTZ,
    source        TEXT NOT NULL,
    as_of         TIMESTAMPTZ,
    content_hash  TEXT,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (asset_id, interval),
    CONSTRAINT price_series_interval_known CHECK (interval ~ '^[1-9][0-9]*(s|m|h|d|w|mo)$'),
    CONSTRAINT price_series_source_has_text CHECK (source <> ''),
    CONSTRAINT price_series_complete CHECK (
        rows = 0 OR (rows > 0 AND first IS NOT NULL AND last IS NOT NULL AND last >= first AND as_of IS NOT NULL)
    ),
    CONSTRAINT price_series_hash_is_sha256 CHECK (content_hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON COLUMN price_series.as_of IS 'ts_recv of the newest change';
COMMENT ON COLUMN price_series.content_hash IS 'SHA-256 of the bars as read back; NULL when not known for as_of';

CREATE TABLE historical_prices (
    id          BIGINT GENERATED ALWAYS AS IDENTITY (CACHE 1000),
    asset_id    UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    interval    VARCHAR(8) COLLATE "C" NOT NULL,
    timestamp   TIMESTAMPTZ NOT NULL,
    open        DECIMAL NOT NULL,
    high        DECIMAL NOT NULL,
    low         DECIMAL NOT NULL,
    close       DECIMAL NOT NULL,
    volume      DECIMAL NOT NULL,
    adj_close   DECIMAL,
    source      TEXT NOT NULL,
    is_final    BOOLEAN NOT NULL DEFAULT true,
    ts_recv     TIMESTAMPTZ NOT NULL DEFAULT now(),
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (asset_id, interval, timestamp),
    -- low <= high < Infinity with low > 0 bounds both; open and close outside [low, high] is only a warning.
    CONSTRAINT historical_prices_range CHECK (low > 0 AND low <= high AND high < 'Infinity'),
    CONSTRAINT historical_prices_open CHECK (open > 0 AND open < 'Infinity'),
    CONSTRAINT historical_prices_close CHECK (close > 0 AND close < 'Infinity'),
    CONSTRAINT historical_prices_volume CHECK (volume >= 0 AND volume < 'Infinity'),
    CONSTRAINT historical_prices_adj_close CHECK (adj_close > 0 AND adj_close < 'Infinity')
) PARTITION BY HASH (asset_id);

CREATE TABLE historical_prices_0 PARTITION OF historical_prices FOR VALUES WITH (MODULUS 8, REMAINDER 0);
CREATE TABLE historical_prices_1 PARTITION OF historical_prices FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE historical_prices_2 PARTITION OF historical_prices FOR VALUES WITH (MODULUS 8, REMAINDER 2);
CREATE TABLE historical_prices_3 PARTITION OF historical_prices FOR VALUES WITH (MODULUS 8, REMAINDER 3);
CREATE TABLE historical_prices_4 PARTITION OF historical_prices FOR VALUES WITH (MODULUS 8, REMAINDER 4);
CREATE TABLE historical_prices_5 PARTITION OF historical_prices FOR VALUES WITH (MODULUS 8, REMAINDER 5);
CREATE TABLE historical_prices_6 PARTITION OF historical_prices FOR VALUES WITH (MODULUS 8, REMAINDER 6);
CREATE TABLE historical_prices_7 PARTITION OF historical_prices FOR VALUES WITH (MODULUS 8, REMAINDER 7);

-- What a value was before it changed: known from ts_recv until superseded_at.
CREATE TABLE historical_price_revisions (
    asset_id       UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    interval       VARCHAR(8) COLLATE "C" NOT NULL,
    timestamp      TIMESTAMPTZ NOT NULL,
    open           DECIMAL NOT NULL,
    high           DECIMAL NOT NULL,
    low            DECIMAL NOT NULL,
    close          DECIMAL NOT NULL,
    volume         DECIMAL NOT NULL,
    adj_close      DECIMAL,
    source         TEXT NOT NULL,
    is_final       BOOLEAN NOT NULL,
    ts_recv        TIMESTAMPTZ NOT NULL,
    superseded_at  TIMESTAMPTZ NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (asset_id, interval, timestamp, ts_recv),
    CONSTRAINT historical_price_revisions_order CHECK (superseded_at > ts_recv)
);

-- Filled by data imports, once they keep a log: one row an attempt to bring prices in.
CREATE TABLE ingestion_runs (
    id                UUID PRIMARY KEY,
    source            TEXT NOT NULL,
    status            VARCHAR(16) NOT NULL DEFAULT 'running',
    rows_added        BIGINT NOT NULL DEFAULT 0,
    rows_updated      BIGINT NOT NULL DEFAULT 0,
    rows_unchanged    BIGINT NOT NULL DEFAULT 0,
    rows_quarantined  BIGINT NOT NULL DEFAULT 0,
    error             TEXT,
    started_at        TIMESTAMPTZ NOT NULL,
    finished_at       TIMESTAMPTZ,
    created_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT ingestion_runs_source_has_text CHECK (source <> ''),
    CONSTRAINT ingestion_runs_status_known CHECK (status IN ('running', 'finished', 'failed')),
    CONSTRAINT ingestion_runs_finished CHECK ((status = 'running') = (finished_at IS NULL)),
    CONSTRAINT ingestion_runs_time_order CHECK (finished_at >= started_at),
    CONSTRAINT ingestion_runs_counts CHECK (
        rows_added >= 0 AND rows_updated >= 0 AND rows_unchanged >= 0 AND rows_quarantined >= 0
    )
);
CREATE INDEX ingestion_runs_newest ON ingestion_runs (started_at DESC);

-- Filled by data imports, once they set wrong rows aside instead of refusing the file; `row` is as it was read.
CREATE TABLE quarantined_rows (
    id                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ingestion_run_id  UUID REFERENCES ingestion_runs (id) ON DELETE SET NULL,
    asset_id          UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    interval          VARCHAR(8) COLLATE "C" NOT NULL,
    row               JSONB NOT NULL,
    rule              VARCHAR(64) NOT NULL,
    reason            TEXT NOT NULL,
    source            TEXT NOT NULL,
    created_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    released_at       TIMESTAMPTZ,
    CONSTRAINT quarantined_rows_interval_known CHECK (interval ~ '^[1-9][0-9]*(s|m|h|d|w|mo)$'),
    CONSTRAINT quarantined_rows_row_is_object CHECK (jsonb_typeof(row) = 'object'),
    CONSTRAINT quarantined_rows_say_why CHECK (rule <> '' AND reason <> '' AND source <> ''),
    CONSTRAINT quarantined_rows_time_order CHECK (released_at >= created_at)
);
CREATE INDEX quarantined_rows_waiting ON quarantined_rows (asset_id, interval) WHERE released_at IS NULL;

-- Filled by data imports from vendors that list splits and dividends. A ratio is new shares for one old.
CREATE TABLE corporate_actions (
    id          UUID PRIMARY KEY,
    asset_id    UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    kind        VARCHAR(16) NOT NULL,
    ex_date     DATE NOT NULL,
    ratio       DECIMAL,
    amount      DECIMAL,
    currency    VARCHAR(8),
    source      TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT corporate_actions_once UNIQUE (asset_id, kind, ex_date, source),
    CONSTRAINT corporate_actions_kind_known CHECK (kind IN ('split', 'stock_dividend', 'spin_off', 'dividend')),
    CONSTRAINT corporate_actions_complete CHECK (
        CASE kind
            WHEN 'dividend' THEN ratio IS NULL AND num_nulls(amount, currency) = 0
            ELSE ratio IS NOT NULL AND num_nonnulls(amount, currency) = 0
        END
    ),
    CONSTRAINT corporate_actions_ratio CHECK (ratio > 0 AND ratio < 'Infinity'),
    CONSTRAINT corporate_actions_amount CHECK (amount > 0 AND amount < 'Infinity'),
    CONSTRAINT corporate_actions_currency_is_code CHECK (currency ~ '^[A-Z]{3,8}$'),
    CONSTRAINT corporate_actions_source_has_text CHECK (source <> '')
);

-- A range of one value: lets an exclusion compare for equality without the extension btree_gist.
CREATE TYPE uuid_range AS RANGE (subtype = uuid);
CREATE TYPE text_range AS RANGE (subtype = text, collation = "C");

-- Filled by data imports, once they follow assets that change their symbol; `assets.symbol` is the current one.
-- From valid_from until before valid_to; an asset has one symbol at a time, and a symbol one asset.
CREATE TABLE asset_symbols (
    asset_id    UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    symbol      VARCHAR(64) NOT NULL,
    valid_from  DATE NOT NULL,
    valid_to    DATE,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (asset_id, valid_from),
    CONSTRAINT asset_symbols_has_text CHECK (symbol = btrim(symbol) AND symbol <> ''),
    CONSTRAINT asset_symbols_time_order CHECK (valid_to > valid_from),
    CONSTRAINT asset_symbols_one_symbol EXCLUDE USING gist (
        uuid_range(asset_id, asset_id, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&
    ),
    CONSTRAINT asset_symbols_one_asset EXCLUDE USING gist (
        text_range(symbol, symbol, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&
    )
);

CREATE TABLE strategies (
    id             UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name           VARCHAR NOT NULL,
    class_name     VARCHAR NOT NULL,
    strategy_type  VARCHAR(32) NOT NULL,
    parameters     JSONB NOT NULL DEFAULT '{}',
    source_hash    TEXT,
    source         TEXT,
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT strategies_identity UNIQUE NULLS NOT DISTINCT (class_name, source_hash, parameters),
    CONSTRAINT strategies_names_have_text CHECK (name <> '' AND class_name <> ''),
    CONSTRAINT strategies_type_known CHECK (strategy_type IN ('signals', 'events')),
    CONSTRAINT strategies_parameters_is_object CHECK (jsonb_typeof(parameters) = 'object'),
    CONSTRAINT strategies_hash_is_sha256 CHECK (source_hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON COLUMN strategies.name IS 'as last typed: one class of one source may be reached by many paths';

-- Filled by sweeps, which are not in this release: one row a search over parameters; its runs point here.
CREATE TABLE sweeps (
    id           UUID PRIMARY KEY,
    spec         JSON NOT NULL,
    status       VARCHAR(16) NOT NULL DEFAULT 'running',
    runs_wanted  BIGINT NOT NULL,
    runs_done    BIGINT NOT NULL DEFAULT 0,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT sweeps_spec_is_object CHECK (json_typeof(spec) = 'object'),
    CONSTRAINT sweeps_status_known CHECK (status IN ('running', 'finished', 'cancelled', 'failed')),
    CONSTRAINT sweeps_counts CHECK (runs_wanted > 0 AND runs_done BETWEEN 0 AND runs_wanted)
);

CREATE TABLE backtests (
    id                   UUID PRIMARY KEY,
    strategy_id          UUID NOT NULL REFERENCES strategies (id) ON DELETE RESTRICT,
    asset_id             UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    sweep_id             UUID REFERENCES sweeps (id) ON DELETE RESTRICT,
    run_hash             TEXT NOT NULL,
    result_hash          TEXT NOT NULL,
    engine_version       TEXT NOT NULL,
    -- JSON, not JSONB: the text stays as written, so that the run's hash and the order of its metrics do too.
    spec                 JSON NOT NULL,
    metrics              JSON NOT NULL,
    results              JSONB NOT NULL,
    -- Generated, so that they cannot say anything else than the metrics, which `backtest reproduce` compares.
    total_return         DOUBLE PRECISION GENERATED ALWAYS AS ((metrics -> 'total_return' ->> 'value')::float8) STORED,
    annual_return        DOUBLE PRECISION GENERATED ALWAYS AS ((metrics -> 'annual_return' ->> 'value')::float8) STORED,
    cagr                 DOUBLE PRECISION GENERATED ALWAYS AS ((metrics -> 'cagr' ->> 'value')::float8) STORED,
    volatility           DOUBLE PRECISION GENERATED ALWAYS AS ((metrics -> 'volatility' ->> 'value')::float8) STORED,
    sharpe_ratio         DOUBLE PRECISION GENERATED ALWAYS AS ((metrics -> 'sharpe' ->> 'value')::float8) STORED,
    sortino_ratio        DOUBLE PRECISION GENERATED ALWAYS AS ((metrics -> 'sortino' ->> 'value')::float8) STORED,
    calmar_ratio         DOUBLE PRECISION GENERATED ALWAYS AS ((metrics -> 'calmar' ->> 'value')::float8) STORED,
    max_drawdown         DOUBLE PRECISION GENERATED ALWAYS AS ((metrics -> 'max_drawdown' ->> 'value')::float8) STORED,
    win_rate             DOUBLE PRECISION GENERATED ALWAYS AS ((metrics -> 'win_rate' ->> 'value')::float8) STORED,
    profit_factor        DOUBLE PRECISION GENERATED ALWAYS AS ((metrics -> 'profit_factor' ->> 'value')::float8) STORED,
    as_of                TIMESTAMPTZ NOT NULL,
    created_at           TIMESTAMPTZ NOT NULL,
    created_nanoseconds  SMALLINT NOT NULL DEFAULT 0,
    updated_at           TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT backtests_hashes_are_sha256 CHECK (
        run_hash ~ '^[0-9a-f]{64}$' AND result_hash ~ '^[0-9a-f]{64}$'
    ),
    CONSTRAINT backtests_json_are_objects CHECK (
        json_typeof(spec) = 'object' AND json_typeof(metrics) = 'object' AND jsonb_typeof(results) = 'object'
    ),
    CONSTRAINT backtests_drawdown CHECK (max_drawdown <= 0),
    CONSTRAINT backtests_win_rate CHECK (win_rate BETWEEN 0 AND 1),
    CONSTRAINT backtests_nanoseconds CHECK (created_nanoseconds BETWEEN 0 AND 999)
);
CREATE INDEX backtests_newest ON backtests (created_at DESC, id DESC);
CREATE INDEX backtests_by_strategy ON backtests (strategy_id);
CREATE INDEX backtests_by_asset ON backtests (asset_id);
CREATE INDEX backtests_by_sweep ON backtests (sweep_id) WHERE sweep_id IS NOT NULL;
COMMENT ON COLUMN backtests.as_of IS 'the newest bar the run knew was received then';
COMMENT ON COLUMN backtests.created_nanoseconds IS 'what TIMESTAMPTZ drops of created_at';

CREATE TABLE backtest_assets (
    backtest_id  UUID NOT NULL REFERENCES backtests (id) ON DELETE CASCADE,
    position     SMALLINT NOT NULL,
    asset_id     UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    interval     VARCHAR(8) COLLATE "C" NOT NULL,
    role         VARCHAR(16) NOT NULL,
    as_of        TIMESTAMPTZ NOT NULL,
    data_hash    TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (backtest_id, position),
    CONSTRAINT backtest_assets_position CHECK (position >= 0),
    CONSTRAINT backtest_assets_role_known CHECK (role IN ('traded', 'benchmark')),
    CONSTRAINT backtest_assets_hash_is_sha256 CHECK (data_hash ~ '^[0-9a-f]{64}$')
);
CREATE INDEX backtest_assets_by_asset ON backtest_assets (asset_id);

CREATE TABLE backtest_curves (
    backtest_id  UUID NOT NULL REFERENCES backtests (id) ON DELETE CASCADE,
    position     SMALLINT NOT NULL,
    name         VARCHAR(64) NOT NULL,
    dtype        VARCHAR(3) NOT NULL,
    data         BYTEA NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (backtest_id, name),
    CONSTRAINT backtest_curves_dtype_known CHECK (dtype IN ('<f8', '<i8')),
    CONSTRAINT backtest_curves_whole CHECK (octet_length(data) % 8 = 0)
);
ALTER TABLE backtest_curves ALTER data SET STORAGE EXTERNAL;

-- Filled by sign-up and sign-in of the web API, which is not in this release.
CREATE TABLE users (
    id             UUID PRIMARY KEY,
    name           VARCHAR(64) NOT NULL UNIQUE,
    password_hash  TEXT NOT NULL,
    role           VARCHAR(16) NOT NULL DEFAULT 'viewer',
    is_active      BOOLEAN NOT NULL DEFAULT true,
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT users_name_has_text CHECK (name = btrim(name) AND name <> ''),
    CONSTRAINT users_password_is_hashed CHECK (password_hash LIKE '$argon2id$%'),
    CONSTRAINT users_role_known CHECK (role IN ('viewer', 'trader', 'admin'))
);

-- Filled by the web API's key management: a program's key, of which only the SHA-256 is kept.
CREATE TABLE api_keys (
    id            UUID PRIMARY KEY,
    user_id       UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name          VARCHAR(64) NOT NULL,
    key_hash      TEXT NOT NULL UNIQUE,
    scopes        TEXT[] NOT NULL,
    last_used_at  TIMESTAMPTZ,
    expires_at    TIMESTAMPTZ,
    revoked_at    TIMESTAMPTZ,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT api_keys_name UNIQUE (user_id, name),
    CONSTRAINT api_keys_name_has_text CHECK (name <> ''),
    CONSTRAINT api_keys_hash_is_sha256 CHECK (key_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT api_keys_scopes_known CHECK (scopes <@ '{read,trade,admin}' AND cardinality(scopes) > 0),
    CONSTRAINT api_keys_expire_later CHECK (expires_at > created_at)
);

-- Filled by the web API: the answer to a POST, given again when its Idempotency-Key comes back.
CREATE TABLE idempotency_keys (
    user_id       UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key           VARCHAR(128) NOT NULL,
    request_hash  TEXT NOT NULL,
    status_code   SMALLINT,
    response      JSON,
    expires_at    TIMESTAMPTZ NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key),
    CONSTRAINT idempotency_keys_key_has_text CHECK (key <> ''),
    CONSTRAINT idempotency_keys_hash_is_sha256 CHECK (request_hash ~ '^[0-9a-f]{64}$'),
    -- Both are missing while the request is in flight.
    CONSTRAINT idempotency_keys_answer CHECK (
        num_nulls(status_code, response) IN (0, 2) AND status_code BETWEEN 100 AND 599
    ),
    CONSTRAINT idempotency_keys_expire_later CHECK (expires_at > created_at)
);
CREATE INDEX idempotency_keys_expired ON idempotency_keys (expires_at);

-- Filled by paper and live trading, which are not in this release.
CREATE TABLE accounts (
    id          UUID PRIMARY KEY,
    owner_id    UUID NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    name        VARCHAR(64) NOT NULL,
    currency    VARCHAR(8) NOT NULL,
    kind        VARCHAR(16) NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT accounts_name UNIQUE (owner_id, name),
    CONSTRAINT accounts_name_has_text CHECK (name = btrim(name) AND name <> ''),
    CONSTRAINT accounts_currency_is_code CHECK (currency ~ '^[A-Z]{3,8}$'),
    CONSTRAINT accounts_kind_known CHECK (kind IN ('paper', 'live'))
);

-- Filled by live trading: a strategy at work on an account, from start to stop.
CREATE TABLE sessions (
    id           UUID PRIMARY KEY,
    account_id   UUID NOT NULL REFERENCES accounts (id) ON DELETE RESTRICT,
    strategy_id  UUID NOT NULL REFERENCES strategies (id) ON DELETE RESTRICT,
    status       VARCHAR(16) NOT NULL,
    started_at   TIMESTAMPTZ NOT NULL,
    stopped_at   TIMESTAMPTZ,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT sessions_status_known CHECK (status IN ('starting', 'running', 'stopped', 'failed')),
    CONSTRAINT sessions_stopped CHECK ((status IN ('stopped', 'failed')) = (stopped_at IS NOT NULL)),
    CONSTRAINT sessions_time_order CHECK (stopped_at >= started_at)
);
CREATE INDEX sessions_by_account ON sessions (account_id, started_at DESC);
CREATE INDEX sessions_by_strategy ON sessions (strategy_id);

-- Orders of a backtest or of an account. Bars and the place in the run's universe are a backtest's alone.
CREATE TABLE orders (
    id               UUID PRIMARY KEY,
    backtest_id      UUID REFERENCES backtests (id) ON DELETE CASCADE,
    account_id       UUID REFERENCES accounts (id) ON DELETE RESTRICT,
    asset_id         UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    position         BIGINT NOT NULL,
    order_type       VARCHAR(16) NOT NULL,
    side             VARCHAR(4),
    quantity         DECIMAL NOT NULL,
    price            DECIMAL,
    status           VARCHAR(16) NOT NULL,
    reason           VARCHAR(32) NOT NULL,
    target           DECIMAL,
    reference_price  DECIMAL,
    fee              DECIMAL NOT NULL,
    slippage         DECIMAL NOT NULL,
    created_bar      BIGINT,
    filled_bar       BIGINT,
    symbol_index     INTEGER,
    negative_zeros   SMALLINT NOT NULL DEFAULT 0,
    created_at       TIMESTAMPTZ NOT NULL,
    filled_at        TIMESTAMPTZ,
    updated_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT orders_place UNIQUE (backtest_id, position),
    CONSTRAINT orders_of_one CHECK (num_nonnulls(backtest_id, account_id) = 1),
    CONSTRAINT orders_of_backtest_complete CHECK (backtest_id IS NULL OR num_nulls(created_bar, symbol_index) = 0),
    CONSTRAINT orders_type_known CHECK (order_type IN ('market')),
    CONSTRAINT orders_side_known CHECK (side IN ('buy', 'sell')),
    CONSTRAINT orders_status_known CHECK (status IN ('pending', 'filled', 'cancelled')),
    CONSTRAINT orders_reason_known CHECK (
        reason IN ('none', 'end_of_data', 'replaced', 'at_target', 'scaled_to_cash', 'bankrupt')
    ),
    CONSTRAINT orders_quantity CHECK (quantity >= 0 AND quantity < 'Infinity'),
    CONSTRAINT orders_prices CHECK (
        price > 0 AND price < 'Infinity' AND reference_price > 0 AND reference_price < 'Infinity'
    ),
    CONSTRAINT orders_costs CHECK (fee >= 0 AND fee < 'Infinity' AND slippage >= 0 AND slippage < 'Infinity'),
    CONSTRAINT orders_fill_complete CHECK (
        status <> 'filled'
        OR (
            side IS NOT NULL AND quantity > 0 AND price IS NOT NULL AND filled_at IS NOT NULL
            AND filled_at >= created_at
        )
    )
);
CREATE UNIQUE INDEX orders_account_place ON orders (account_id, position) WHERE account_id IS NOT NULL;
COMMENT ON COLUMN orders.negative_zeros IS 'bit i: the i-th float of the record is -0.0, which NUMERIC cannot say';

-- Round trips, of a backtest or of an account.
CREATE TABLE trades (
    id              UUID PRIMARY KEY,
    backtest_id     UUID REFERENCES backtests (id) ON DELETE CASCADE,
    account_id      UUID REFERENCES accounts (id) ON DELETE RESTRICT,
    asset_id        UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    position        BIGINT NOT NULL,
    side            VARCHAR(5) NOT NULL,
    quantity        DECIMAL NOT NULL,
    entry_price     DECIMAL NOT NULL,
    exit_price      DECIMAL NOT NULL,
    pnl             DECIMAL NOT NULL,
    pnl_percentage  DECIMAL GENERATED ALWAYS AS (pnl / nullif(quantity * entry_price, 0) * 100) STORED,
    fees            DECIMAL NOT NULL,
    slippage        DECIMAL NOT NULL,
    is_open         BOOLEAN NOT NULL,
    exit_reason     VARCHAR(16) NOT NULL,
    entry_bar       BIGINT,
    exit_bar        BIGINT,
    symbol_index    INTEGER,
    negative_zeros  SMALLINT NOT NULL DEFAULT 0,
    entry_at        TIMESTAMPTZ NOT NULL,
    exit_at         TIMESTAMPTZ NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT trades_place UNIQUE (backtest_id, position),
    CONSTRAINT trades_of_one CHECK (num_nonnulls(backtest_id, account_id) = 1),
    CONSTRAINT trades_of_backtest_complete CHECK (
        backtest_id IS NULL OR num_nulls(entry_bar, exit_bar, symbol_index) = 0
    ),
    CONSTRAINT trades_side_known CHECK (side IN ('long', 'short')),
    CONSTRAINT trades_exit_reason_known CHECK (exit_reason IN ('open', 'signal', 'bankrupt')),
    CONSTRAINT trades_quantity CHECK (quantity > 0 AND quantity < 'Infinity'),
    CONSTRAINT trades_prices CHECK (
        entry_price > 0 AND entry_price < 'Infinity' AND exit_price > 0 AND exit_price < 'Infinity'
    ),
    CONSTRAINT trades_result_finite CHECK (pnl > '-Infinity' AND pnl < 'Infinity'),
    CONSTRAINT trades_costs CHECK (fees >= 0 AND fees < 'Infinity' AND slippage >= 0 AND slippage < 'Infinity'),
    CONSTRAINT trades_time_order CHECK (exit_at >= entry_at AND exit_bar >= entry_bar)
);
CREATE UNIQUE INDEX trades_account_place ON trades (account_id, position) WHERE account_id IS NOT NULL;
COMMENT ON COLUMN trades.negative_zeros IS 'bit i: the i-th float of the record is -0.0, which NUMERIC cannot say';
