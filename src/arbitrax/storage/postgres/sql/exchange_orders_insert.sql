INSERT INTO orders (
    id, account_id, asset_id, shard, order_type, side, time_in_force, self_trade, flags, quantity, limit_price, stop_price,
    trail, display_quantity, peg_offset, funds, expires, client_order_id, body, created_at, executed_at, answer_events,
    answer_quantity, answer_open, event_id, last_event_id,
    filled_quantity, price, fee, filled_at, triggered_at, ended_at, status, reason
)
SELECT
    incoming_orders.id,
    accounts.id,
    asset_id,
    %(shard)s,
    (%(types)s::text[])[type + 1],
    (ARRAY['buy', 'sell'])[side + 1],
    (%(times_in_force)s::text[])[tif + 1],
    (%(self_trades)s::text[])[self_trade + 1],
    incoming_orders.flags,
    total * coalesce(lot_size, 1),
    limit_ticks * tick_size,
    stop_ticks * tick_size,
    trail * tick_size,
    display * lot_size,
    peg_offset * tick_size,
    incoming_orders.funds / cash_scale,
    expires,
    client,
    body,
    'epoch'::timestamptz + created * '1 millisecond'::interval,
    'epoch'::timestamptz + executed * '1 millisecond'::interval,
    told,
    told_total * coalesce(lot_size, 1),
    told_open * coalesce(lot_size, 1),
    event,
    last_event,
    filled * coalesce(lot_size, 1),
    CASE WHEN filled > 0 THEN trim_scale(paid * tick_size / filled) END,
    fees / coalesce(cash_scale, 1),
    'epoch'::timestamptz + traded * '1 millisecond'::interval,
    'epoch'::timestamptz + triggered * '1 millisecond'::interval,
    'epoch'::timestamptz + ended * '1 millisecond'::interval,
    status,
    reason
FROM incoming_orders
JOIN accounts ON accounts.shard = %(shard)s AND accounts.number = account
LEFT JOIN exchange_instruments ON exchange_instruments.shard = %(shard)s AND exchange_instruments.number = symbol
WHERE is_new
