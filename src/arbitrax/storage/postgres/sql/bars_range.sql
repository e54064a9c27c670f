-- A series and its bars in a range, of one moment. Each column as one array: a row a message would cost the client a
-- microsecond a bar.
SELECT series.asset_id, series.as_of, bars.*
FROM price_series AS series
CROSS JOIN LATERAL (
    SELECT
        array_agg(timestamp),
        array_agg(open::float8),
        array_agg(high::float8),
        array_agg(low::float8),
        array_agg(close::float8),
        array_agg(volume::float8),
        array_agg(coalesce(adj_close::float8, 'NaN'))
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
