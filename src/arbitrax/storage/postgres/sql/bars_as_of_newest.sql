-- When the newest change before or at as_of was received; a bar that was removed left its time in the revisions.
SELECT max(received)
FROM (
    SELECT ts_recv AS received
    FROM historical_prices
    WHERE asset_id = %(asset)s AND interval = %(interval)s AND ts_recv <= %(as_of)s
    UNION ALL
    SELECT CASE WHEN superseded_at <= %(as_of)s THEN superseded_at ELSE ts_recv END
    FROM historical_price_revisions
    WHERE asset_id = %(asset)s AND interval = %(interval)s AND ts_recv <= %(as_of)s
) AS changes
