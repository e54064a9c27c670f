SELECT series.asset_id, series.as_of, bars.*
FROM price_series AS series
CROSS JOIN LATERAL (
    SELECT
        array_agg(timestamp ORDER BY timestamp),
        array_agg(open ORDER BY timestamp),
        array_agg(high ORDER BY timestamp),
        array_agg(low ORDER BY timestamp),
        array_agg(close ORDER BY timestamp),
        array_agg(volume ORDER BY timestamp),
        array_agg(adj_close ORDER BY timestamp)
    FROM (
        SELECT timestamp, open, high, low, close, volume, adj_close
        FROM historical_prices
        WHERE asset_id = series.asset_id AND interval = series.interval
        ORDER BY timestamp DESC
        LIMIT %(rows)s
    ) AS newest
) AS bars
WHERE series.asset_id = (SELECT asset_of(%(symbol)s)) AND series.interval = %(interval)s AND series.rows > 0
