UPDATE price_series
SET source = %(source)s, owner_id = %(owner)s
WHERE asset_id = %(asset)s AND interval = %(interval)s
