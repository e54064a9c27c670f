-- The engine counts in ticks, lots and units of cash; these tables say what they are worth. A row is there before the
-- command that uses its number, so that whoever reads the journal can translate it.
CREATE TABLE exchange_currencies (
    shard       SMALLINT NOT NULL,
    currency    VARCHAR(8) NOT NULL,
    cash_scale  DECIMAL NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (shard, currency),
    CONSTRAINT exchange_currencies_scale UNIQUE (shard, currency, cash_scale),
    CONSTRAINT exchange_currencies_shard CHECK (shard BETWEEN 0 AND 255),
    CONSTRAINT exchange_currencies_is_code CHECK (currency ~ '^[A-Z]{3,8}$'),
    CONSTRAINT exchange_currencies_cash_scale CHECK (cash_scale > 0 AND cash_scale < 'Infinity')
);
COMMENT ON COLUMN exchange_currencies.cash_scale IS 'units of cash in one of the currency: 10000 counts hundredths of cents';

CREATE TABLE exchange_instruments (
    shard       SMALLINT NOT NULL,
    number      INTEGER NOT NULL,
    asset_id    UUID NOT NULL UNIQUE REFERENCES assets (id) ON DELETE RESTRICT,
    currency    VARCHAR(8) NOT NULL,
    cash_scale  DECIMAL NOT NULL,
    tick_size   DECIMAL NOT NULL,
    lot_size    DECIMAL NOT NULL,
    tick_value  BIGINT NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN tick_size * lot_size * cash_scale BETWEEN 1 AND 16777216
            THEN (tick_size * lot_size * cash_scale)::bigint
        END
    ) STORED,
    flags       SMALLINT NOT NULL DEFAULT 0,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (shard, number),
    CONSTRAINT exchange_instruments_currency FOREIGN KEY (shard, currency, cash_scale)
    REFERENCES exchange_currencies (shard, currency, cash_scale),
    CONSTRAINT exchange_instruments_number CHECK (number BETWEEN 0 AND 1048575),
    CONSTRAINT exchange_instruments_tick_size CHECK (tick_size > 0 AND tick_size < 'Infinity'),
    CONSTRAINT exchange_instruments_lot_size CHECK (lot_size > 0 AND lot_size < 'Infinity'),
    CONSTRAINT exchange_instruments_flags CHECK (flags BETWEEN 0 AND 255),
    CONSTRAINT exchange_instruments_tick_value CHECK (tick_size * lot_size * cash_scale = tick_value)
);
COMMENT ON TABLE exchange_instruments IS 'which asset a symbol number of a shard''s commands is; ticks and lots never change';
COMMENT ON COLUMN exchange_instruments.tick_value IS 'units of cash of one tick times one lot';
COMMENT ON COLUMN exchange_instruments.flags IS '`arbitrax.exchange.records.InstrumentFlag`';

-- A paper account trades on one shard under a number. Without users there is nobody to own it.
ALTER TABLE accounts
    ADD COLUMN shard    SMALLINT,
    ADD COLUMN number   BIGINT,
    ADD COLUMN funding  VARCHAR(8),
    ALTER COLUMN owner_id DROP NOT NULL,
    DROP CONSTRAINT accounts_name,
    ADD CONSTRAINT accounts_name UNIQUE NULLS NOT DISTINCT (owner_id, name),
    ADD CONSTRAINT accounts_number UNIQUE (shard, number),
    ADD CONSTRAINT accounts_currency FOREIGN KEY (shard, currency) REFERENCES exchange_currencies (shard, currency),
    ADD CONSTRAINT accounts_number_range CHECK (number BETWEEN 1 AND 4294967294),
    ADD CONSTRAINT accounts_funding_known CHECK (funding IN ('cash', 'margin')),
    ADD CONSTRAINT accounts_on_exchange CHECK (
        num_nulls(shard, number, funding) IN (0, 3) AND (shard IS NULL OR kind = 'paper')
    );
COMMENT ON COLUMN accounts.number IS 'in commands and events of the shard; 0 receives fees, 4294967295 is the house';
COMMENT ON COLUMN accounts.funding IS 'cash buys what it can pay and sells what it holds; margin also sells short';

-- Up to where the recorder has come. In the same transaction as the rows.
CREATE TABLE exchange_marks (
    shard       SMALLINT PRIMARY KEY,
    epoch       INTEGER NOT NULL,
    entry_ms    BIGINT NOT NULL,
    entry_seq   BIGINT NOT NULL,
    hash        TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT exchange_marks_shard CHECK (shard BETWEEN 0 AND 255),
    CONSTRAINT exchange_marks_entry CHECK (epoch >= 0 AND entry_ms >= 0 AND entry_seq >= 0),
    CONSTRAINT exchange_marks_hash CHECK (hash ~ '^[0-9a-f]{16}$')
);
COMMENT ON COLUMN exchange_marks.hash IS 'running hash of all events up to the entry';

-- Positions as the engine counts them, and the round trip that is under way, in ticks, lots and units of cash.
CREATE TABLE exchange_positions (
    account_id     UUID NOT NULL REFERENCES accounts (id) ON DELETE RESTRICT,
    asset_id       UUID NOT NULL REFERENCES assets (id) ON DELETE RESTRICT,
    shard          SMALLINT NOT NULL,
    lots           BIGINT NOT NULL,
    cost           NUMERIC NOT NULL,
    realised       NUMERIC NOT NULL,
    fees           NUMERIC NOT NULL,
    trip_entered   NUMERIC NOT NULL,
    trip_paid      NUMERIC NOT NULL,
    trip_exited    NUMERIC NOT NULL,
    trip_received  NUMERIC NOT NULL,
    trip_realised  NUMERIC NOT NULL,
    trip_fees      NUMERIC NOT NULL,
    trip_order     BIGINT,
    trip_began     TIMESTAMPTZ,
    last_event_id  UUID NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, asset_id),
    CONSTRAINT exchange_positions_trip CHECK ((lots = 0) = (trip_order IS NULL) AND (lots = 0) = (trip_began IS NULL))
);
COMMENT ON COLUMN exchange_positions.lots IS 'below 0: short';
COMMENT ON COLUMN exchange_positions.cost IS 'units of cash paid for what is held; below 0: received';
COMMENT ON COLUMN exchange_positions.trip_paid IS 'ticks times lots of what was entered; trip_received of what was exited';
COMMENT ON COLUMN exchange_positions.trip_order IS 'number of the order that opened it';

-- Orders. An account's are kept under the engine's id: `arbitrax.exchange.identifiers`.
DROP INDEX orders_account_place;
ALTER TABLE orders
    DROP CONSTRAINT orders_place,
    ADD COLUMN shard             SMALLINT,
    ADD COLUMN client_order_id   VARCHAR(32) COLLATE "C",
    ADD COLUMN filled_quantity   DECIMAL,
    ADD COLUMN display_quantity  DECIMAL,
    ADD COLUMN peg_offset        DECIMAL,
    ADD COLUMN funds             DECIMAL,
    ADD COLUMN self_trade        VARCHAR(16),
    ADD COLUMN triggered_at      TIMESTAMPTZ,
    ADD COLUMN ended_at          TIMESTAMPTZ,
    ADD COLUMN event_id          UUID,
    ADD COLUMN last_event_id     UUID,
    ADD COLUMN orphaned          BOOLEAN NOT NULL DEFAULT false,
    ALTER COLUMN asset_id DROP NOT NULL,
    ALTER COLUMN position DROP NOT NULL,
    ALTER COLUMN order_type DROP NOT NULL,
    ALTER COLUMN time_in_force DROP NOT NULL,
    ALTER COLUMN size_unit DROP NOT NULL,
    ALTER COLUMN role DROP NOT NULL,
    ALTER COLUMN slippage DROP NOT NULL,
    DROP CONSTRAINT orders_of_backtest_complete,
    DROP CONSTRAINT orders_type_known,
    DROP CONSTRAINT orders_status_known,
    DROP CONSTRAINT orders_reason_known,
    DROP CONSTRAINT orders_quantity,
    ADD CONSTRAINT orders_of_backtest_complete CHECK (
        backtest_id IS NULL
        OR (
            num_nulls(
                asset_id, position, order_type, time_in_force, size_unit, role, slippage, created_bar, symbol_index
            ) = 0
            AND num_nonnulls(
                shard, client_order_id, filled_quantity, display_quantity, peg_offset, funds, self_trade, event_id,
                last_event_id
            ) = 0
        )
    ),
    ADD CONSTRAINT orders_of_account_complete CHECK (
        account_id IS NULL OR num_nulls(shard, filled_quantity, event_id, last_event_id) = 0
    ),
    -- What was asked for and refused is kept as it was asked, as far as there are words for it.
    ADD CONSTRAINT orders_of_account_known CHECK (
        account_id IS NULL OR status = 'rejected'
        OR num_nulls(asset_id, order_type, side, time_in_force, self_trade) = 0
    ),
    ADD CONSTRAINT orders_client_order_id CHECK (client_order_id ~ '^[!-~]+$'),
    ADD CONSTRAINT orders_self_trade_known CHECK (
        self_trade IN ('cancel_newest', 'cancel_oldest', 'cancel_both', 'decrement')
    ),
    ADD CONSTRAINT orders_type_known CHECK (
        order_type IN (
            'market', 'limit', 'stop', 'stop_limit', 'trailing_stop', 'trailing_percent', 'market_on_open',
            'limit_on_open', 'market_on_close', 'limit_on_close', 'iceberg', 'peg'
        )
    ),
    ADD CONSTRAINT orders_status_known CHECK (
        CASE
            WHEN account_id IS NULL THEN status IN ('pending', 'filled', 'cancelled', 'expired', 'refused', 'held')
            ELSE status IN ('open', 'partially_filled', 'filled', 'cancelled', 'expired', 'rejected')
        END
    ),
    ADD CONSTRAINT orders_ended CHECK (
        account_id IS NULL OR (status IN ('open', 'partially_filled')) = (ended_at IS NULL)
    ),
    ADD CONSTRAINT orders_reason_known CHECK (
        reason IN (
            'none', 'end_of_data', 'replaced', 'at_target', 'scaled_to_cash', 'bankrupt', 'no_cash', 'no_margin',
            'no_shorting', 'no_position', 'other_filled', 'parent_ended', 'by_strategy', 'session_ended', 'date_passed',
            'not_at_once', 'auction_passed', 'below_lot', 'delisted', 'margin_called',
            -- Of accounts: names of `arbitrax.exchange.records.Code`, in its order.
            'unknown_symbol', 'unknown_account', 'bad_field', 'stale', 'no_room', 'price_not_positive',
            'price_out_of_band', 'quantity_not_positive', 'quantity_too_large', 'notional_too_small', 'off_tick',
            'off_lot', 'client_id_used', 'would_trade', 'not_all_at_once', 'no_liquidity', 'beyond_collar',
            'self_trade', 'not_reducing', 'no_buying_power', 'position_limit', 'order_limit', 'notional_limit',
            'rate_limit', 'killed', 'halted', 'closed', 'in_auction', 'by_owner', 'by_cancel_all', 'expired',
            'disconnected', 'dead_man', 'funds_spent'
        )
    ),
    ADD CONSTRAINT orders_quantity CHECK (
        quantity > '-Infinity' AND quantity < 'Infinity' AND (quantity >= 0 OR status = 'rejected')
    ),
    ADD CONSTRAINT orders_filled_quantity CHECK (filled_quantity >= 0 AND filled_quantity < 'Infinity');
CREATE UNIQUE INDEX orders_place ON orders (backtest_id, position) WHERE backtest_id IS NOT NULL;
CREATE INDEX orders_of_account ON orders (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX orders_open ON orders (shard, account_id, id) WHERE ended_at IS NULL AND account_id IS NOT NULL;
CREATE INDEX orders_client ON orders (account_id, client_order_id, id) WHERE client_order_id IS NOT NULL;
COMMENT ON COLUMN orders.client_order_id IS 'the shard decides who has it; what it forgot may come again, so the newest that was not refused for it counts';
COMMENT ON COLUMN orders.price IS 'of an account: the average of its fills';
COMMENT ON COLUMN orders.expires IS 'good till date, ns UTC; of an account the largest BIGINT at most';
COMMENT ON COLUMN orders.event_id IS 'the event that accepted or refused it; last_event_id the one that changed it last';
COMMENT ON COLUMN orders.orphaned IS 'the journal lost it: it is as if it had never been';

-- Fills. Of an account one for each side of a match, under the event's id.
DROP INDEX fills_account_place;
ALTER TABLE fills
    DROP CONSTRAINT fills_place,
    ADD COLUMN shard     SMALLINT,
    ADD COLUMN orphaned  BOOLEAN NOT NULL DEFAULT false,
    ALTER COLUMN position DROP NOT NULL,
    ALTER COLUMN reference_price DROP NOT NULL,
    ALTER COLUMN phase TYPE VARCHAR(16),
    DROP CONSTRAINT fills_of_backtest_complete,
    DROP CONSTRAINT fills_phase_known,
    ADD CONSTRAINT fills_of_backtest_complete CHECK (
        backtest_id IS NULL
        OR (
            num_nulls(position, reference_price, order_position, symbol_index, bar) = 0 AND shard IS NULL
            AND NOT orphaned
        )
    ),
    ADD CONSTRAINT fills_of_account_complete CHECK (account_id IS NULL OR shard IS NOT NULL),
    ADD CONSTRAINT fills_phase_known CHECK (
        CASE
            WHEN account_id IS NULL THEN phase IN ('open', 'inside', 'close')
            ELSE phase IN ('continuous', 'auction')
        END
    );
CREATE UNIQUE INDEX fills_place ON fills (backtest_id, position) WHERE backtest_id IS NOT NULL;
CREATE INDEX fills_of_account ON fills (account_id, id) WHERE account_id IS NOT NULL;

-- Round trips: of an account under the id of the fill that closed it.
DROP INDEX trades_account_place;
ALTER TABLE trades
    DROP CONSTRAINT trades_place,
    ADD COLUMN shard     SMALLINT,
    ADD COLUMN orphaned  BOOLEAN NOT NULL DEFAULT false,
    ALTER COLUMN position DROP NOT NULL,
    ALTER COLUMN slippage DROP NOT NULL,
    DROP CONSTRAINT trades_of_backtest_complete,
    DROP CONSTRAINT trades_exit_reason_known,
    ADD CONSTRAINT trades_of_backtest_complete CHECK (
        backtest_id IS NULL
        OR (
            num_nulls(position, slippage, entry_bar, exit_bar, symbol_index) = 0 AND shard IS NULL AND NOT orphaned
        )
    ),
    ADD CONSTRAINT trades_of_account_complete CHECK (
        account_id IS NULL OR num_nulls(shard, entry_order, exit_order) = 0
    ),
    ADD CONSTRAINT trades_exit_reason_known CHECK (
        CASE
            WHEN account_id IS NULL THEN exit_reason IN (
                'open', 'signal', 'bankrupt', 'stop_loss', 'take_profit', 'trailing_stop', 'time_stop', 'liquidation',
                'delisted'
            )
            ELSE exit_reason IN ('closed', 'reversed')
        END
    );
CREATE UNIQUE INDEX trades_place ON trades (backtest_id, position) WHERE backtest_id IS NOT NULL;
CREATE INDEX trades_of_account ON trades (account_id, id) WHERE account_id IS NOT NULL;
COMMENT ON COLUMN trades.entry_order IS 'position of the order in its backtest; of an account the number of the order';
