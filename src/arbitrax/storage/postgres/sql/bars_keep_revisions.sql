-- Keep what is about to change, with the time until which it was what we knew.
INSERT INTO historical_price_revisions (
    asset_id, interval, timestamp, open, high, low, close, volume, adj_close, source, is_final, ts_recv, superseded_at
)
SELECT
    kept.asset_id, kept.interval, kept.timestamp, kept.open, kept.high, kept.low, kept.close, kept.volume,
    kept.adj_close, kept.source, kept.is_final, kept.ts_recv, incoming_bars.ts_recv
FROM historical_prices AS kept
JOIN incoming_bars ON incoming_bars.timestamp = kept.timestamp
WHERE kept.asset_id = %(asset)s AND kept.interval = %(interval)s
