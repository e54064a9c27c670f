SELECT max(ts_recv)
FROM (
    SELECT ts_recv
    FROM historical_prices
    WHERE asset_id = %(asset)s AND interval = %(interval)s AND ts_recv <= %(as_of)s
    UNION ALL
    SELECT ts_recv
    FROM historical_price_revisions
    WHERE asset_id = %(asset)s AND interval = %(interval)s
        AND ts_recv <= %(as_of)s AND superseded_at > %(as_of)s
) AS known
