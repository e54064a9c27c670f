INSERT INTO historical_price_revisions (
    asset_id, interval, timestamp, open, high, low, close, volume, adj_close, source, is_final, ts_recv, superseded_at
)
SELECT
    asset_id, interval, timestamp, open, high, low, close, volume, adj_close, source, is_final, ts_recv, %(as_of)s
FROM historical_prices
WHERE asset_id = %(asset)s AND interval = %(interval)s
