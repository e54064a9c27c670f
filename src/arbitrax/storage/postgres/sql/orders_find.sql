COPY (
    SELECT
        created_bar,
        coalesce(filled_bar, -1),
        symbol_index,
        CASE side WHEN 'buy' THEN 1 WHEN 'sell' THEN -1 ELSE 0 END::int2,
        (array_position(%(kinds)s::text[], order_type::text) - 1)::int2,
        (array_position(%(statuses)s::text[], status::text) - 1)::int2,
        (array_position(%(reasons)s::text[], reason::text) - 1)::int2,
        coalesce(target::float8, 'NaN'),
        quantity::float8,
        coalesce(reference_price::float8, 'NaN'),
        coalesce(price::float8, 'NaN'),
        fee::float8,
        slippage::float8,
        negative_zeros
    FROM orders
    WHERE backtest_id = %(run)s
    ORDER BY position
) TO STDOUT (FORMAT BINARY)
