SELECT
    fills.id,
    (quantity / lot_size)::bigint,
    (price / tick_size)::bigint,
    fee * cash_scale,
    order_id,
    filled_at,
    tick_value
FROM fills
JOIN accounts ON accounts.id = account_id
JOIN exchange_instruments ON exchange_instruments.asset_id = fills.asset_id
WHERE
    accounts.shard = %(shard)s
    AND accounts.number = %(account)s
    AND exchange_instruments.number = %(symbol)s
    AND NOT orphaned
ORDER BY fills.id
