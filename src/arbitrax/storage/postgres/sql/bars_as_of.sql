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
    FROM (
        SELECT timestamp, open, high, low, close, volume, adj_close
        FROM historical_prices
        WHERE asset_id = %(asset)s AND interval = %(interval)s AND ts_recv <= %(as_of)s
        UNION ALL
        SELECT timestamp, open, high, low, close, volume, adj_close
        FROM historical_price_revisions
        WHERE asset_id = %(asset)s AND interval = %(interval)s
            AND ts_recv <= %(as_of)s AND superseded_at > %(as_of)s
    ) AS known
    ORDER BY timestamp
) AS bars
