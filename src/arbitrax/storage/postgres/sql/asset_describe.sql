-- What is known stays.
UPDATE assets
SET
    name = coalesce(name, %(name)s::text),
    asset_type = CASE WHEN asset_type = 'unknown' THEN %(asset_type)s::text ELSE asset_type END,
    exchange = coalesce(exchange, %(exchange)s::text),
    currency = coalesce(currency, %(currency)s::text),
    tick_size = coalesce(tick_size, %(tick_size)s::numeric),
    lot_size = coalesce(lot_size, %(lot_size)s::numeric),
    updated_at = now()
WHERE
    id = %(asset)s
    AND (name, nullif(asset_type, 'unknown'), exchange, currency, tick_size, lot_size) IS DISTINCT FROM (
        coalesce(name, %(name)s::text), coalesce(nullif(asset_type, 'unknown'), nullif(%(asset_type)s::text, 'unknown')),
        coalesce(exchange, %(exchange)s::text), coalesce(currency, %(currency)s::text),
        coalesce(tick_size, %(tick_size)s::numeric), coalesce(lot_size, %(lot_size)s::numeric)
    )
