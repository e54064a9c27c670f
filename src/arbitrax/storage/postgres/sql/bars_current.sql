COPY (
    SELECT
        timestamp,
        open::float8,
        high::float8,
        low::float8,
        close::float8,
        volume::float8,
        coalesce(adj_close::float8, 'NaN')
    FROM historical_prices
    WHERE asset_id = %(asset)s AND interval = %(interval)s
    ORDER BY timestamp
) TO STDOUT (FORMAT BINARY)
