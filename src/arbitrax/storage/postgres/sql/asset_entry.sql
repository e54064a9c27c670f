SELECT
    id, symbol, name, asset_type, exchange, currency, trim_scale(tick_size), trim_scale(lot_size),
    released_on IS NULL AS has_symbol,
    (
        SELECT coalesce(json_agg(json_build_array(symbol, valid_from, valid_to) ORDER BY valid_from), '[]')::text
        FROM asset_symbols
        WHERE asset_id = assets.id
    ) AS symbols,
    (
        SELECT coalesce(
            json_agg(
                json_build_array(price_series.interval, rows, first, last, source, score) ORDER BY price_series.interval
            ),
            '[]'
        )::text
        FROM price_series
        LEFT JOIN quality_reports USING (asset_id, interval)
        WHERE asset_id = assets.id AND rows > 0
    ) AS coverage
FROM assets
WHERE id = ANY(%(assets)s)
