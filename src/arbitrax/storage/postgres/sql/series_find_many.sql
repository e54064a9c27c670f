SELECT assets.symbol, price_series.as_of, price_series.content_hash
FROM price_series
JOIN assets ON assets.id = price_series.asset_id
WHERE assets.symbol = ANY(%(symbols)s) AND price_series.interval = %(interval)s AND price_series.rows > 0
