UPDATE price_series
SET
    rows = rows + %(added)s,
    first = (SELECT min(timestamp) FROM historical_prices WHERE asset_id = %(asset)s AND interval = %(interval)s),
    last = (SELECT max(timestamp) FROM historical_prices WHERE asset_id = %(asset)s AND interval = %(interval)s),
    as_of = %(ts_recv)s,
    content_hash = NULL,
    updated_at = now()
WHERE asset_id = %(asset)s AND interval = %(interval)s
