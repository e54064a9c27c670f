SELECT timestamp, row::text, rule, reason, source, ts_recv
FROM quarantined_rows
WHERE asset_id = (SELECT asset_of(%(symbol)s)) AND interval = %(interval)s AND released_at IS NULL
ORDER BY timestamp, id
