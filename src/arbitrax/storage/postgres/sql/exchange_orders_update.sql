UPDATE orders
SET
    quantity = total * lot_size,
    limit_price = limit_ticks * tick_size,
    stop_price = stop_ticks * tick_size,
    last_event_id = last_event,
    filled_quantity = filled * lot_size,
    price = CASE WHEN filled > 0 THEN trim_scale(paid * tick_size / filled) END,
    fee = fees / cash_scale,
    filled_at = 'epoch'::timestamptz + traded * '1 millisecond'::interval,
    triggered_at = 'epoch'::timestamptz + triggered * '1 millisecond'::interval,
    ended_at = 'epoch'::timestamptz + ended * '1 millisecond'::interval,
    status = incoming_orders.status,
    reason = incoming_orders.reason,
    updated_at = now()
FROM incoming_orders
JOIN exchange_instruments ON exchange_instruments.shard = %(shard)s AND exchange_instruments.number = symbol
WHERE orders.id = incoming_orders.id AND NOT is_new
