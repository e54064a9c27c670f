UPDATE price_series
SET source = %(source)s
WHERE asset_id = %(asset)s AND interval = %(interval)s
