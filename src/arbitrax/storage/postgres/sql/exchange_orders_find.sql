-- The recorder's mark of a shard, and as of that moment orders of the shard or of one account of it; one row without an
-- order when there is none. Decimals back into the ticks, lots and units they came from, which they are exact multiples of.
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
        AND (%(account)s::uuid IS NULL OR orders.account_id = %(account)s)
        AND NOT orders.orphaned
        AND (%(everything)s OR orders.ended_at IS NULL)
        AND (%(client)s::text IS NULL OR (client_order_id = %(client)s AND orders.reason <> 'client_id_used'))
) AS found ON TRUE
WHERE exchange_marks.shard = %(shard)s
