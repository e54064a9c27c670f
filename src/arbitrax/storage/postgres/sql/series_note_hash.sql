UPDATE price_series
SET content_hash = %(content_hash)s
WHERE asset_id = %(asset)s AND interval = %(interval)s AND as_of = %(as_of)s AND content_hash IS NULL
