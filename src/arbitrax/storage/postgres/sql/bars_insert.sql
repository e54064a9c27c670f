INSERT INTO historical_prices (
    asset_id, interval, timestamp, open, high, low, close, volume, adj_close, source, is_final, ts_recv
)
SELECT
    asset_id, interval, timestamp, open, high, low, close, volume, adj_close, source, is_final, ts_recv
FROM incoming_bars
WHERE NOT EXISTS (
    SELECT FROM historical_prices AS kept
    WHERE kept.asset_id = %(asset)s AND kept.interval = %(interval)s AND kept.timestamp = incoming_bars.timestamp
)
ORDER BY timestamp
