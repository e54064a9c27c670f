UPDATE assets
SET
    name = coalesce(%(name)s::text, name),
    asset_type = coalesce(nullif(%(asset_type)s::text, 'unknown'), asset_type),
    exchange = coalesce(%(exchange)s::text, exchange),
    currency = coalesce(%(currency)s::text, currency),
    tick_size = coalesce(%(tick_size)s::numeric, tick_size),
    lot_size = coalesce(%(lot_size)s::numeric, lot_size),
    updated_at = now()
WHERE id = %(asset)s
