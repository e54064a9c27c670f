SELECT fills.id, order_id, symbol, is_maker, phase, quantity, price, fee, filled_at
FROM fills
JOIN assets ON assets.id = asset_id
WHERE
    account_id = %(account)s
    AND NOT orphaned
    AND fills.id < %(below)s
    AND (%(order)s::uuid IS NULL OR order_id = %(order)s)
ORDER BY fills.id DESC
LIMIT %(limit)s
