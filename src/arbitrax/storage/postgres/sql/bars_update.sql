UPDATE historical_prices AS kept
SET
    open = incoming_bars.open,
    high = incoming_bars.high,
    low = incoming_bars.low,
    close = incoming_bars.close,
    volume = incoming_bars.volume,
    adj_close = incoming_bars.adj_close,
    source = incoming_bars.source,
    is_final = incoming_bars.is_final,
    ts_recv = incoming_bars.ts_recv
FROM incoming_bars
WHERE kept.asset_id = %(asset)s AND kept.interval = %(interval)s AND kept.timestamp = incoming_bars.timestamp
