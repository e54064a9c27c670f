INSERT INTO trades (
    id, account_id, asset_id, shard, side, quantity, entry_price, exit_price, pnl, fees, is_open, exit_reason,
    entry_order, exit_order, entry_at, exit_at
)
SELECT
    incoming_trips.id,
    accounts.id,
    asset_id,
    %(shard)s,
    side,
    lots * lot_size,
    trim_scale(paid * tick_size / lots),
    trim_scale(received * tick_size / lots),
    (realised - incoming_trips.fees) / cash_scale,
    incoming_trips.fees / cash_scale,
    false,
    reason,
    entry_order,
    exit_order,
    'epoch'::timestamptz + began * '1 millisecond'::interval,
    'epoch'::timestamptz + ended * '1 millisecond'::interval
FROM incoming_trips
JOIN accounts ON accounts.shard = %(shard)s AND accounts.number = account
JOIN exchange_instruments ON exchange_instruments.shard = %(shard)s AND exchange_instruments.number = symbol
