UPDATE historical_prices
SET adj_close = NULL, ts_recv = %(as_of)s
WHERE asset_id = %(asset)s AND interval = %(interval)s AND adj_close IS NOT NULL
