UPDATE price_series
SET rows = 0, first = NULL, last = NULL, content_hash = NULL
WHERE asset_id = %(asset)s AND interval = %(interval)s
