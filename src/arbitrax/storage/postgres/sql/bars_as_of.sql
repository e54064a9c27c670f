COPY (
    SELECT
        timestamp,
        open::float8,
        high::float8,
        low::float8,
        close::float8,
        volume::float8,
        coalesce(adj_close::float8, 'NaN')
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
) TO STDOUT (FORMAT BINARY)
