-- What is stored between two bars, and whether the series has adjusted closes; one row speaks for all.
SELECT
    (
        SELECT adj_close IS NOT NULL
        FROM historical_prices
        WHERE asset_id = %(asset)s AND interval = %(interval)s
        LIMIT 1
    ),
    array_agg(timestamp),
    array_agg(open),
    array_agg(high),
    array_agg(low),
    array_agg(close),
    array_agg(volume),
    array_agg(adj_close),
    array_agg(is_final)
FROM (
    SELECT timestamp, open, high, low, close, volume, adj_close, is_final
    FROM historical_prices
    WHERE asset_id = %(asset)s AND interval = %(interval)s AND timestamp BETWEEN %(first)s AND %(last)s
    ORDER BY timestamp
) AS bars
