-- Newest first; a page begins below the cursor. A client id that was refused because another order has it is not found by it.
SELECT
    orders.id, symbol, client_order_id, order_type, side, time_in_force, self_trade, orders.flags, quantity,
    filled_quantity, limit_price, stop_price, trail, display_quantity, peg_offset, funds, expires, triggered_at, price, fee,
    status, reason, orders.created_at, ended_at, orders.updated_at
FROM orders
LEFT JOIN assets ON assets.id = asset_id
WHERE
    account_id = %(account)s
    AND NOT orphaned
    AND orders.id < %(below)s
    AND (%(everything)s OR ended_at IS NULL)
    AND (%(order)s::uuid IS NULL OR orders.id = %(order)s)
    AND (%(client)s::text IS NULL OR (client_order_id = %(client)s AND reason <> 'client_id_used'))
ORDER BY orders.id DESC
LIMIT %(limit)s
