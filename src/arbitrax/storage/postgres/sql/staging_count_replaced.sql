SELECT count(*)
FROM historical_prices AS kept
JOIN incoming_bars ON incoming_bars.timestamp = kept.timestamp
WHERE kept.asset_id = %(asset)s AND kept.interval = %(interval)s
