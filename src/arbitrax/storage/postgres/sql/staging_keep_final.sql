UPDATE incoming_bars
SET is_final = kept.is_final
FROM historical_prices AS kept
WHERE kept.asset_id = %(asset)s AND kept.interval = %(interval)s AND kept.timestamp = incoming_bars.timestamp
