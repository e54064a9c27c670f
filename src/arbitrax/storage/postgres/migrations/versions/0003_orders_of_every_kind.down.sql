-- A run with orders, exits or events that the first schema has no words for cannot be kept.
DELETE FROM backtests
WHERE
    EXISTS (SELECT FROM account_events WHERE account_events.backtest_id = backtests.id)
    OR EXISTS (
        SELECT FROM trades
        WHERE trades.backtest_id = backtests.id AND trades.exit_reason NOT IN ('open', 'signal', 'bankrupt')
    )
    OR EXISTS (
        SELECT FROM orders
        WHERE
            orders.backtest_id = backtests.id
            AND (
                orders.order_type <> 'market'
                OR orders.status NOT IN ('pending', 'filled', 'cancelled')
                OR orders.reason NOT IN (
                    'none', 'end_of_data', 'replaced', 'at_target', 'scaled_to_cash', 'bankrupt'
                )
                OR orders.fee < 0
            )
    );
DROP TABLE account_events;
DROP TABLE fills;
ALTER TABLE trades DROP CONSTRAINT trades_exit_reason_known;
ALTER TABLE trades DROP CONSTRAINT trades_costs;
ALTER TABLE trades
    DROP COLUMN entry_order,
    DROP COLUMN exit_order,
    DROP COLUMN income;
ALTER TABLE trades
    ADD CONSTRAINT trades_exit_reason_known CHECK (exit_reason IN ('open', 'signal', 'bankrupt')),
    ADD CONSTRAINT trades_costs CHECK (
        fees >= 0 AND fees < 'Infinity' AND slippage >= 0 AND slippage < 'Infinity'
    );
ALTER TABLE orders DROP CONSTRAINT orders_type_known;
ALTER TABLE orders DROP CONSTRAINT orders_time_in_force_known;
ALTER TABLE orders DROP CONSTRAINT orders_size_unit_known;
ALTER TABLE orders DROP CONSTRAINT orders_role_known;
ALTER TABLE orders DROP CONSTRAINT orders_status_known;
ALTER TABLE orders DROP CONSTRAINT orders_reason_known;
ALTER TABLE orders DROP CONSTRAINT orders_costs;
ALTER TABLE orders DROP CONSTRAINT orders_size_finite;
UPDATE orders SET ended_bar = NULL WHERE status <> 'filled';
ALTER TABLE orders
    DROP COLUMN size_unit,
    DROP COLUMN limit_price,
    DROP COLUMN stop_price,
    DROP COLUMN trail,
    DROP COLUMN time_in_force,
    DROP COLUMN expires,
    DROP COLUMN role,
    DROP COLUMN flags,
    DROP COLUMN parent,
    DROP COLUMN order_group,
    DROP COLUMN tag,
    DROP COLUMN accepted_bar,
    DROP COLUMN triggered_bar;
COMMENT ON COLUMN orders.ended_bar IS NULL;
ALTER TABLE orders RENAME COLUMN ended_bar TO filled_bar;
ALTER TABLE orders RENAME COLUMN size TO target;
ALTER TABLE orders
    ADD CONSTRAINT orders_type_known CHECK (order_type IN ('market')),
    ADD CONSTRAINT orders_status_known CHECK (status IN ('pending', 'filled', 'cancelled')),
    ADD CONSTRAINT orders_reason_known CHECK (
        reason IN ('none', 'end_of_data', 'replaced', 'at_target', 'scaled_to_cash', 'bankrupt')
    ),
    ADD CONSTRAINT orders_costs CHECK (
        fee >= 0 AND fee < 'Infinity' AND slippage >= 0 AND slippage < 'Infinity'
    );
