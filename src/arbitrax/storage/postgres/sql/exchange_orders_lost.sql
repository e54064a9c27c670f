-- Orders that never were, and those that were and have fills that never were; newest first.
SELECT
    orders.id, symbol, client_order_id, order_type, side, time_in_force, self_trade, orders.flags, quantity,
    filled_quantity, limit_price, stop_price, trail, display_quantity, peg_offset, funds, expires, triggered_at, price, fee,
    status, reason, orders.created_at, ended_at, orders.updated_at
FROM orders
LEFT JOIN assets ON assets.id = asset_id
WHERE
    account_id = %(account)s
    AND (orphaned OR EXISTS (SELECT FROM fills WHERE fills.order_id = orders.id AND fills.orphaned))
ORDER BY orders.id DESC
LIMIT %(limit)s
