UPDATE price_series
SET
    rows = rows + %(added)s,
    first = least(first, %(first)s),
    last = greatest(last, %(last)s),
    source = CASE WHEN %(fills)s THEN source ELSE %(source)s END,
    owner_id = %(owner)s,
    as_of = %(as_of)s,
    content_hash = %(content_hash)s,
    updated_at = now()
WHERE asset_id = %(asset)s AND interval = %(interval)s
