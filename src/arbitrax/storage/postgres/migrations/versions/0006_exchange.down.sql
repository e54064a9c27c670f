-- What accounts did has no words in the fifth schema.
DELETE FROM trades WHERE account_id IS NOT NULL;
DELETE FROM fills WHERE account_id IS NOT NULL;
DELETE FROM orders WHERE account_id IS NOT NULL;

DROP INDEX trades_of_account;
DROP INDEX trades_place;
ALTER TABLE trades
    ADD CONSTRAINT trades_place UNIQUE (backtest_id, position),
    DROP CONSTRAINT trades_of_backtest_complete,
    DROP CONSTRAINT trades_of_account_complete,
    DROP CONSTRAINT trades_exit_reason_known,
    DROP COLUMN shard,
    DROP COLUMN orphaned,
    ALTER COLUMN position SET NOT NULL,
    ALTER COLUMN slippage SET NOT NULL,
    ADD CONSTRAINT trades_of_backtest_complete CHECK (
        backtest_id IS NULL OR num_nulls(entry_bar, exit_bar, symbol_index) = 0
    ),
    ADD CONSTRAINT trades_exit_reason_known CHECK (
        exit_reason IN (
            'open', 'signal', 'bankrupt', 'stop_loss', 'take_profit', 'trailing_stop', 'time_stop', 'liquidation',
            'delisted'
        )
    );
COMMENT ON COLUMN trades.entry_order IS NULL;
CREATE UNIQUE INDEX trades_account_place ON trades (account_id, position) WHERE account_id IS NOT NULL;

DROP INDEX fills_of_account;
DROP INDEX fills_place;
ALTER TABLE fills
    ADD CONSTRAINT fills_place UNIQUE (backtest_id, position),
    DROP CONSTRAINT fills_of_backtest_complete,
    DROP CONSTRAINT fills_of_account_complete,
    DROP CONSTRAINT fills_phase_known,
    DROP COLUMN shard,
    DROP COLUMN orphaned,
    ALTER COLUMN position SET NOT NULL,
    ALTER COLUMN reference_price SET NOT NULL,
    ALTER COLUMN phase TYPE VARCHAR(8),
    ADD CONSTRAINT fills_of_backtest_complete CHECK (
        backtest_id IS NULL OR num_nulls(order_position, symbol_index, bar) = 0
    ),
    ADD CONSTRAINT fills_phase_known CHECK (phase IN ('open', 'inside', 'close'));
CREATE UNIQUE INDEX fills_account_place ON fills (account_id, position) WHERE account_id IS NOT NULL;

DROP INDEX orders_client;
DROP INDEX orders_open;
DROP INDEX orders_of_account;
DROP INDEX orders_place;
ALTER TABLE orders
    ADD CONSTRAINT orders_place UNIQUE (backtest_id, position),
    DROP CONSTRAINT orders_of_backtest_complete,
    DROP CONSTRAINT orders_of_account_complete,
    DROP CONSTRAINT orders_of_account_known,
    DROP CONSTRAINT orders_client_order_id,
    DROP CONSTRAINT orders_self_trade_known,
    DROP CONSTRAINT orders_type_known,
    DROP CONSTRAINT orders_status_known,
    DROP CONSTRAINT orders_ended,
    DROP CONSTRAINT orders_reason_known,
    DROP CONSTRAINT orders_quantity,
    DROP CONSTRAINT orders_filled_quantity,
    DROP COLUMN shard,
    DROP COLUMN client_order_id,
    DROP COLUMN filled_quantity,
    DROP COLUMN display_quantity,
    DROP COLUMN peg_offset,
    DROP COLUMN funds,
    DROP COLUMN self_trade,
    DROP COLUMN triggered_at,
    DROP COLUMN ended_at,
    DROP COLUMN event_id,
    DROP COLUMN last_event_id,
    DROP COLUMN orphaned,
    ALTER COLUMN asset_id SET NOT NULL,
    ALTER COLUMN position SET NOT NULL,
    ALTER COLUMN order_type SET NOT NULL,
    ALTER COLUMN time_in_force SET NOT NULL,
    ALTER COLUMN size_unit SET NOT NULL,
    ALTER COLUMN role SET NOT NULL,
    ALTER COLUMN slippage SET NOT NULL,
    ADD CONSTRAINT orders_of_backtest_complete CHECK (backtest_id IS NULL OR num_nulls(created_bar, symbol_index) = 0),
    ADD CONSTRAINT orders_type_known CHECK (
        order_type IN (
            'market', 'limit', 'stop', 'stop_limit', 'trailing_stop', 'trailing_percent', 'market_on_open',
            'limit_on_open', 'market_on_close', 'limit_on_close'
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
    ADD CONSTRAINT orders_quantity CHECK (quantity >= 0 AND quantity < 'Infinity');
COMMENT ON COLUMN orders.price IS NULL;
COMMENT ON COLUMN orders.expires IS 'good till date, ns UTC';
CREATE UNIQUE INDEX orders_account_place ON orders (account_id, position) WHERE account_id IS NOT NULL;

DROP TABLE exchange_positions;
DROP TABLE exchange_marks;
-- Accounts that nobody owns were the exchange's, and cannot be kept.
DELETE FROM sessions WHERE account_id IN (SELECT id FROM accounts WHERE owner_id IS NULL);
DELETE FROM accounts WHERE owner_id IS NULL;
ALTER TABLE accounts
    DROP CONSTRAINT accounts_on_exchange,
    DROP CONSTRAINT accounts_funding_known,
    DROP CONSTRAINT accounts_number_range,
    DROP CONSTRAINT accounts_currency,
    DROP CONSTRAINT accounts_number,
    DROP CONSTRAINT accounts_name,
    DROP COLUMN shard,
    DROP COLUMN number,
    DROP COLUMN funding,
    ALTER COLUMN owner_id SET NOT NULL,
    ADD CONSTRAINT accounts_name UNIQUE (owner_id, name);
DROP TABLE exchange_instruments;
DROP TABLE exchange_currencies;
