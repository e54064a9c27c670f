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

CREATE TABLE strategies (
    id             UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name           VARCHAR(200) NOT NULL,
    strategy_type  VARCHAR(32) NOT NULL,
    parameters     JSONB NOT NULL DEFAULT '{}',
    source_hash    TEXT,
    source         TEXT,
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT strategies_identity UNIQUE NULLS NOT DISTINCT (name, source_hash, parameters),
    CONSTRAINT strategies_name_has_text CHECK (name <> ''),
    CONSTRAINT strategies_type_known CHECK (strategy_type IN ('signals', 'events')),
    CONSTRAINT strategies_parameters_is_object CHECK (jsonb_typeof(parameters) = 'object'),
    CONSTRAINT strategies_hash_is_sha256 CHECK (source_hash ~ '^[0-9a-f]{64}$')
);

CREATE TABLE backtests (
    id                   UUID PRIMARY KEY,
    strategy_id          UUID NOT NULL REFERENCES strategies (id) ON DELETE RESTRICT,
    asset_id             UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    run_hash             TEXT NOT NULL,
    result_hash          TEXT NOT NULL,
    engine_version       TEXT NOT NULL,
    -- JSON, not JSONB: the text stays as written, so that the run's hash and the order of its metrics do too.
    spec                 JSON NOT NULL,
    metrics              JSON NOT NULL,
    results              JSONB NOT NULL,
    total_return         DOUBLE PRECISION,
    annual_return        DOUBLE PRECISION,
    cagr                 DOUBLE PRECISION,
    volatility           DOUBLE PRECISION,
    sharpe_ratio         DOUBLE PRECISION,
    sortino_ratio        DOUBLE PRECISION,
    calmar_ratio         DOUBLE PRECISION,
    max_drawdown         DOUBLE PRECISION,
    win_rate             DOUBLE PRECISION,
    profit_factor        DOUBLE PRECISION,
    bars                 BIGINT NOT NULL,
    order_count          BIGINT NOT NULL,
    trade_count          BIGINT NOT NULL,
    start_at             TIMESTAMPTZ NOT NULL,
    end_at               TIMESTAMPTZ NOT NULL,
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
    CONSTRAINT backtests_range CHECK (bars > 0 AND end_at >= start_at),
    CONSTRAINT backtests_counts CHECK (order_count >= 0 AND trade_count >= 0),
    CONSTRAINT backtests_drawdown CHECK (max_drawdown <= 0),
    CONSTRAINT backtests_win_rate CHECK (win_rate BETWEEN 0 AND 1),
    CONSTRAINT backtests_nanoseconds CHECK (created_nanoseconds BETWEEN 0 AND 999)
);
CREATE INDEX backtests_newest ON backtests (created_at DESC, id DESC);
CREATE INDEX backtests_by_strategy ON backtests (strategy_id);
CREATE INDEX backtests_by_asset ON backtests (asset_id);
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
    data         BYTEA STORAGE EXTERNAL NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (backtest_id, name),
    CONSTRAINT backtest_curves_dtype_known CHECK (dtype IN ('<f8', '<i8')),
    CONSTRAINT backtest_curves_whole CHECK (octet_length(data) % 8 = 0)
);

CREATE TABLE orders (
    id               UUID PRIMARY KEY,
    backtest_id      UUID NOT NULL REFERENCES backtests (id) ON DELETE CASCADE,
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
    created_bar      BIGINT NOT NULL,
    filled_bar       BIGINT,
    symbol_index     INTEGER NOT NULL,
    negative_zeros   SMALLINT NOT NULL DEFAULT 0,
    created_at       TIMESTAMPTZ NOT NULL,
    filled_at        TIMESTAMPTZ,
    updated_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT orders_place UNIQUE (backtest_id, position),
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
COMMENT ON COLUMN orders.negative_zeros IS 'bit i: the i-th float of the record is -0.0, which NUMERIC cannot say';

CREATE TABLE trades (
    id              UUID PRIMARY KEY,
    backtest_id     UUID NOT NULL REFERENCES backtests (id) ON DELETE CASCADE,
    asset_id        UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    position        BIGINT NOT NULL,
    side            VARCHAR(5) NOT NULL,
    quantity        DECIMAL NOT NULL,
    entry_price     DECIMAL NOT NULL,
    exit_price      DECIMAL NOT NULL,
    pnl             DECIMAL NOT NULL,
    pnl_percentage  DECIMAL NOT NULL,
    fees            DECIMAL NOT NULL,
    slippage        DECIMAL NOT NULL,
    is_open         BOOLEAN NOT NULL,
    exit_reason     VARCHAR(16) NOT NULL,
    entry_bar       BIGINT NOT NULL,
    exit_bar        BIGINT NOT NULL,
    symbol_index    INTEGER NOT NULL,
    negative_zeros  SMALLINT NOT NULL DEFAULT 0,
    entry_at        TIMESTAMPTZ NOT NULL,
    exit_at         TIMESTAMPTZ NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT trades_place UNIQUE (backtest_id, position),
    CONSTRAINT trades_side_known CHECK (side IN ('long', 'short')),
    CONSTRAINT trades_exit_reason_known CHECK (exit_reason IN ('open', 'signal', 'bankrupt')),
    CONSTRAINT trades_quantity CHECK (quantity > 0 AND quantity < 'Infinity'),
    CONSTRAINT trades_prices CHECK (
        entry_price > 0 AND entry_price < 'Infinity' AND exit_price > 0 AND exit_price < 'Infinity'
    ),
    CONSTRAINT trades_result_finite CHECK (
        pnl > '-Infinity' AND pnl < 'Infinity' AND pnl_percentage > '-Infinity' AND pnl_percentage < 'Infinity'
    ),
    CONSTRAINT trades_costs CHECK (fees >= 0 AND fees < 'Infinity' AND slippage >= 0 AND slippage < 'Infinity'),
    CONSTRAINT trades_time_order CHECK (exit_at >= entry_at AND exit_bar >= entry_bar)
);
COMMENT ON COLUMN trades.negative_zeros IS 'bit i: the i-th float of the record is -0.0, which NUMERIC cannot say';
