-- Fills of an order by their events, in ticks, lots and units of cash.
SELECT
    fills.id,
    accounts.number,
    exchange_instruments.number,
    (quantity / lot_size)::bigint,
    (fills.price / tick_size)::bigint,
    (fee * cash_scale)::bigint,
    phase = 'auction',
    filled_at
FROM fills
JOIN accounts ON accounts.id = account_id
JOIN exchange_instruments ON exchange_instruments.asset_id = fills.asset_id
WHERE order_id = %(order)s AND fills.id BETWEEN %(first)s AND %(last)s AND NOT orphaned
ORDER BY fills.id
