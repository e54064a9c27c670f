COPY historical_prices (
    asset_id, interval, timestamp, open, high, low, close, volume, adj_close, source, is_final, ts_recv
) FROM STDIN (FORMAT BINARY)
