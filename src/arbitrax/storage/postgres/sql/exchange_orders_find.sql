-- Orders of a shard, of one account of it, or certain ones; decimals back into the ticks, lots and units they came from, which they are
-- exact multiples of.
SELECT
    orders.id,
    accounts.number,
    exchange_instruments.number,
    CASE side WHEN 'buy' THEN 0 ELSE 1 END,
    array_position(%(types)s::text[], order_type::text) - 1,
    array_position(%(times_in_force)s::text[], time_in_force::text) - 1,
    array_position(%(self_trades)s::text[], self_trade::text) - 1,
    orders.flags,
    (quantity / lot_size)::bigint,
    (limit_price / tick_size)::bigint,
    (stop_price / tick_size)::bigint,
    (trail / tick_size)::bigint,
    (display_quantity / lot_size)::bigint,
    (peg_offset / tick_size)::bigint,
    (funds * cash_scale)::bigint,
    expires,
    coalesce(client_order_id, ''),
    orders.created_at,
    event_id,
    last_event_id,
    (filled_quantity / lot_size)::bigint,
    CASE
        WHEN filled_quantity = 0 THEN 0
        ELSE (
            SELECT sum(abs(fills.quantity) * fills.price) / (lot_size * tick_size)
            FROM fills
            WHERE fills.order_id = orders.id AND NOT fills.orphaned
        )
    END,
    fee * cash_scale,
    filled_at,
    triggered_at,
    ended_at,
    status = 'rejected',
    orders.reason
FROM orders
JOIN accounts ON accounts.id = orders.account_id
JOIN exchange_instruments ON exchange_instruments.asset_id = orders.asset_id
WHERE
    orders.shard = %(shard)s
    AND (%(account)s::uuid IS NULL OR orders.account_id = %(account)s)
    AND NOT orders.orphaned
    AND (%(everything)s OR orders.ended_at IS NULL)
    AND (%(orders)s::uuid[] IS NULL OR orders.id = ANY(%(orders)s))
    AND (%(client)s::text IS NULL OR (client_order_id = %(client)s AND orders.reason <> 'client_id_used'))
