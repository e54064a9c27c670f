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
