-- Certain orders of a shard and the recorder's mark at that moment: the columns and rows of `exchange_orders_find`, which
-- could not be planned once for all that it may be asked.
SELECT epoch, entry_ms, entry_seq, hash, found.*
FROM exchange_marks
LEFT JOIN LATERAL (
    SELECT
        orders.id,
        accounts.number,
        exchange_instruments.number,
        CASE side WHEN 'buy' THEN 0 ELSE 1 END,
        order_type::text,
        time_in_force::text,
        self_trade::text,
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
        orders.reason,
        orders.updated_at,
        executed_at,
        answer_events,
        (answer_quantity / lot_size)::bigint,
        (answer_open / lot_size)::bigint
    FROM orders
    JOIN accounts ON accounts.id = orders.account_id
    JOIN exchange_instruments ON exchange_instruments.asset_id = orders.asset_id
    WHERE
        orders.shard = exchange_marks.shard
        AND NOT orders.orphaned
        AND orders.id = ANY(%(orders)s::uuid[])
) AS found ON TRUE
WHERE exchange_marks.shard = %(shard)s
