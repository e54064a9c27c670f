-- Runs stored by the first release had market orders for target weights only; their rows are carried over.
ALTER TABLE orders DROP CONSTRAINT orders_type_known;
ALTER TABLE orders DROP CONSTRAINT orders_status_known;
ALTER TABLE orders DROP CONSTRAINT orders_reason_known;
ALTER TABLE orders DROP CONSTRAINT orders_costs;
ALTER TABLE orders RENAME COLUMN target TO size;
ALTER TABLE orders RENAME COLUMN filled_bar TO ended_bar;
ALTER TABLE orders
    ADD COLUMN size_unit VARCHAR(16) NOT NULL DEFAULT 'target_weight',
    ADD COLUMN limit_price DECIMAL,
    ADD COLUMN stop_price DECIMAL,
    ADD COLUMN trail DECIMAL,
    ADD COLUMN time_in_force VARCHAR(8) NOT NULL DEFAULT 'gtc',
    ADD COLUMN expires BIGINT,
    ADD COLUMN role VARCHAR(16) NOT NULL DEFAULT 'plain',
    ADD COLUMN flags SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN parent BIGINT,
    ADD COLUMN order_group BIGINT,
    ADD COLUMN tag TEXT,
    ADD COLUMN accepted_bar BIGINT,
    ADD COLUMN triggered_bar BIGINT;
UPDATE orders SET accepted_bar = created_bar;
-- The defaults were for those rows.
ALTER TABLE orders
    ALTER COLUMN size_unit DROP DEFAULT,
    ALTER COLUMN time_in_force DROP DEFAULT,
    ALTER COLUMN role DROP DEFAULT,
    ALTER COLUMN flags DROP DEFAULT;
ALTER TABLE orders
    ADD CONSTRAINT orders_type_known CHECK (
        order_type IN (
            'market', 'limit', 'stop', 'stop_limit', 'trailing_stop', 'trailing_percent', 'market_on_open',
            'limit_on_open', 'market_on_close', 'limit_on_close'
        )
    ),
    ADD CONSTRAINT orders_time_in_force_known CHECK (time_in_force IN ('gtc', 'day', 'gtd', 'ioc', 'fok')),
    ADD CONSTRAINT orders_size_unit_known CHECK (
        size_unit IN ('quantity', 'value', 'target_quantity', 'target_value', 'target_weight', 'whole_position')
    ),
    ADD CONSTRAINT orders_role_known CHECK (
        role IN (
            'plain', 'stop_loss', 'take_profit', 'trailing_exit', 'time_exit', 'liquidation', 'delisting', 'bankruptcy'
        )
    ),
    ADD CONSTRAINT orders_status_known CHECK (
        status IN ('pending', 'filled', 'cancelled', 'expired', 'refused', 'held')
    ),
    ADD CONSTRAINT orders_reason_known CHECK (
        reason IN (
            'none', 'end_of_data', 'replaced', 'at_target', 'scaled_to_cash', 'bankrupt', 'no_cash', 'no_margin',
            'no_shorting', 'no_position', 'other_filled', 'parent_ended', 'by_strategy', 'session_ended', 'date_passed',
            'not_at_once', 'auction_passed', 'below_lot', 'delisted', 'margin_called'
        )
    ),
    -- A maker may be paid.
    ADD CONSTRAINT orders_costs CHECK (
        fee > '-Infinity' AND fee < 'Infinity' AND slippage >= 0 AND slippage < 'Infinity'
    ),
    ADD CONSTRAINT orders_size_finite CHECK (size > '-Infinity' AND size < 'Infinity');
COMMENT ON COLUMN orders.ended_bar IS 'the bar in which it was filled, cancelled, expired or refused';
COMMENT ON COLUMN orders.parent IS 'position of the order whose fill makes this one live';
COMMENT ON COLUMN orders.expires IS 'good till date, ns UTC';

ALTER TABLE trades DROP CONSTRAINT trades_exit_reason_known;
ALTER TABLE trades DROP CONSTRAINT trades_costs;
ALTER TABLE trades
    ADD COLUMN entry_order BIGINT,
    ADD COLUMN exit_order BIGINT,
    ADD COLUMN income DECIMAL NOT NULL DEFAULT 0;
ALTER TABLE trades
    ADD CONSTRAINT trades_exit_reason_known CHECK (
        exit_reason IN (
            'open', 'signal', 'bankrupt', 'stop_loss', 'take_profit', 'trailing_stop', 'time_stop', 'liquidation',
            'delisted'
        )
    ),
    ADD CONSTRAINT trades_costs CHECK (
        fees > '-Infinity' AND fees < 'Infinity' AND slippage >= 0 AND slippage < 'Infinity'
        AND income > '-Infinity' AND income < 'Infinity'
    );
COMMENT ON COLUMN trades.income IS 'dividends less borrow fees';

-- Each match of an order, of a backtest or of an account.
CREATE TABLE fills (
    id               UUID PRIMARY KEY,
    backtest_id      UUID REFERENCES backtests (id) ON DELETE CASCADE,
    account_id       UUID REFERENCES accounts (id) ON DELETE RESTRICT,
    order_id         UUID NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    asset_id         UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    position         BIGINT NOT NULL,
    order_position   BIGINT,
    symbol_index     INTEGER,
    bar              BIGINT,
    phase            VARCHAR(8) NOT NULL,
    is_maker         BOOLEAN NOT NULL,
    quantity         DECIMAL NOT NULL,
    reference_price  DECIMAL NOT NULL,
    price            DECIMAL NOT NULL,
    fee              DECIMAL NOT NULL,
    negative_zeros   SMALLINT NOT NULL DEFAULT 0,
    filled_at        TIMESTAMPTZ NOT NULL,
    created_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT fills_place UNIQUE (backtest_id, position),
    CONSTRAINT fills_of_one CHECK (num_nonnulls(backtest_id, account_id) = 1),
    CONSTRAINT fills_of_backtest_complete CHECK (
        backtest_id IS NULL OR num_nulls(order_position, symbol_index, bar) = 0
    ),
    CONSTRAINT fills_phase_known CHECK (phase IN ('open', 'inside', 'close')),
    CONSTRAINT fills_quantity CHECK (quantity > '-Infinity' AND quantity < 'Infinity' AND quantity <> 0),
    CONSTRAINT fills_prices CHECK (
        price > 0 AND price < 'Infinity' AND reference_price > 0 AND reference_price < 'Infinity'
    ),
    CONSTRAINT fills_fee_finite CHECK (fee > '-Infinity' AND fee < 'Infinity')
);
CREATE UNIQUE INDEX fills_account_place ON fills (account_id, position) WHERE account_id IS NOT NULL;
CREATE INDEX fills_order ON fills (order_id);
COMMENT ON COLUMN fills.quantity IS 'signed: negative sells';

-- What happened to the account of a backtest besides fills.
CREATE TABLE account_events (
    id              UUID PRIMARY KEY,
    backtest_id     UUID NOT NULL REFERENCES backtests (id) ON DELETE CASCADE,
    asset_id        UUID REFERENCES assets (id) ON DELETE RESTRICT,
    position        BIGINT NOT NULL,
    kind            VARCHAR(16) NOT NULL,
    bar             BIGINT NOT NULL,
    symbol_index    INTEGER NOT NULL,
    order_position  BIGINT NOT NULL,
    quantity        DECIMAL NOT NULL,
    price           DECIMAL NOT NULL,
    amount          DECIMAL NOT NULL,
    negative_zeros  SMALLINT NOT NULL DEFAULT 0,
    happened_at     TIMESTAMPTZ NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT account_events_place UNIQUE (backtest_id, position),
    CONSTRAINT account_events_kind_known CHECK (
        kind IN (
            'dividend', 'dividend_paid', 'split', 'cash_in_lieu', 'borrow_fee', 'interest', 'margin_call', 'bankruptcy'
        )
    ),
    CONSTRAINT account_events_finite CHECK (
        quantity > '-Infinity' AND quantity < 'Infinity' AND price > '-Infinity' AND price < 'Infinity'
        AND amount > '-Infinity' AND amount < 'Infinity'
    )
);
COMMENT ON COLUMN account_events.symbol_index IS '-1: the account itself';
