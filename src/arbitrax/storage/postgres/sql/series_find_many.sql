SELECT wanted.symbol, price_series.as_of, price_series.content_hash
FROM unnest(%(symbols)s::text[]) AS wanted (symbol)
JOIN price_series ON price_series.asset_id = asset_of(wanted.symbol)
WHERE price_series.interval = %(interval)s AND price_series.rows > 0
