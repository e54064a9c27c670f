-- A row without an adjusted close says nothing about it, so the stored one stays as long as its prices do.
UPDATE incoming_bars
SET adj_close = kept.adj_close
FROM historical_prices AS kept
WHERE
    kept.asset_id = %(asset)s
    AND kept.interval = %(interval)s
    AND kept.timestamp = incoming_bars.timestamp
    AND kept.adj_close IS NOT NULL
    AND (kept.open, kept.high, kept.low, kept.close)
    = (incoming_bars.open, incoming_bars.high, incoming_bars.low, incoming_bars.close)
