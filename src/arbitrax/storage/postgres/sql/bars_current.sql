-- Each column as one array: a row a message would cost the client a microsecond a bar.
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
    WHERE asset_id = %(asset)s AND interval = %(interval)s
    ORDER BY timestamp
) AS bars
