-- Without series that no symbol leads to any more.
SELECT symbol, interval, rows, first, last, source, as_of
FROM price_series
JOIN assets ON assets.id = price_series.asset_id
WHERE rows > 0 AND (released_on IS NULL OR assets.id = asset_of(symbol))
ORDER BY symbol, interval
