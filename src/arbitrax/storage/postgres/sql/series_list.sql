SELECT symbol, interval, rows, first, last, source, as_of
FROM price_series
JOIN assets ON assets.id = price_series.asset_id
WHERE rows > 0
ORDER BY symbol, interval
