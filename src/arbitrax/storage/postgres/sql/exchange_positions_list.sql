SELECT
    symbol,
    lots * exchange_instruments.lot_size,
    CASE WHEN lots <> 0 THEN trim_scale(cost / tick_value / lots * exchange_instruments.tick_size) END,
    realised / cash_scale,
    exchange_positions.fees / cash_scale
FROM exchange_positions
JOIN exchange_instruments USING (asset_id)
JOIN assets ON assets.id = asset_id
WHERE account_id = %(account)s
ORDER BY symbol
