INSERT INTO historical_prices (
    asset_id, interval, timestamp, open, high, low, close, volume, adj_close, source, is_final, ts_recv
)
SELECT asset_id, interval, timestamp, open, high, low, close, volume, adj_close, source, is_final, ts_recv
FROM incoming_bars
ORDER BY timestamp
