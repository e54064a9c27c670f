INSERT INTO fills (
    id, account_id, order_id, asset_id, shard, phase, is_maker, quantity, price, fee, filled_at
)
SELECT
    incoming_fills.id,
    accounts.id,
    order_id,
    asset_id,
    %(shard)s,
    phase,
    is_maker,
    lots * lot_size,
    ticks * tick_size,
    fee / cash_scale,
    'epoch'::timestamptz + filled * '1 millisecond'::interval
FROM incoming_fills
JOIN accounts ON accounts.shard = %(shard)s AND accounts.number = account
JOIN exchange_instruments ON exchange_instruments.shard = %(shard)s AND exchange_instruments.number = symbol
