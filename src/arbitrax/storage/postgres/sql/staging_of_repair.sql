-- What a repair superseded, to be stored again.
INSERT INTO incoming_bars (
    asset_id, interval, timestamp, open, high, low, close, volume, adj_close, source, is_final, ts_recv
)
SELECT asset_id, interval, timestamp, open, high, low, close, volume, adj_close, source, is_final, %(ts_recv)s
FROM historical_price_revisions
WHERE
    asset_id = %(asset)s
    AND interval = %(interval)s
    AND superseded_at = %(applied_at)s
    AND timestamp = ANY(%(times)s)
