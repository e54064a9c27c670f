-- A series and its bars in a range, of one moment. Each column as one array: a row a message would cost the client a
-- microsecond a bar, and a cast to float8 the server two.
SELECT series.asset_id, series.as_of, bars.*
FROM price_series AS series
CROSS JOIN LATERAL (
    SELECT
        array_agg(timestamp),
        array_agg(open),
        array_agg(high),
        array_agg(low),
        array_agg(close),
        array_agg(volume),
        array_agg(adj_close)
    FROM (
        SELECT timestamp, open, high, low, close, volume, adj_close
        FROM historical_prices
        WHERE
            asset_id = series.asset_id
            AND interval = series.interval
            AND timestamp >= %(start)s
            AND timestamp < %(end)s
        ORDER BY timestamp
    ) AS ordered
) AS bars
WHERE series.asset_id = (SELECT asset_of(%(symbol)s)) AND series.interval = %(interval)s AND series.rows > 0
