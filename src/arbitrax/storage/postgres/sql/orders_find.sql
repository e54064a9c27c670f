COPY (
    SELECT
        created_bar::int4,
        coalesce(accepted_bar, -1)::int4,
        coalesce(triggered_bar, -1)::int4,
        coalesce(ended_bar, -1)::int4,
        symbol_index,
        coalesce(parent, -1)::int4,
        coalesce(order_group, -1)::int4,
        (coalesce(array_position(%(tags)s::text[], tag), 0) - 1)::int4,
        CASE side WHEN 'buy' THEN 1 WHEN 'sell' THEN -1 ELSE 0 END::int2,
        (array_position(%(kinds)s::text[], order_type::text) - 1)::int2,
        (array_position(%(times_in_force)s::text[], time_in_force::text) - 1)::int2,
        (array_position(%(size_units)s::text[], size_unit::text) - 1)::int2,
        (array_position(%(roles)s::text[], role::text) - 1)::int2,
        (array_position(%(statuses)s::text[], status::text) - 1)::int2,
        (array_position(%(reasons)s::text[], reason::text) - 1)::int2,
        flags,
        coalesce(size::float8, 'NaN'),
        coalesce(limit_price::float8, 'NaN'),
        coalesce(stop_price::float8, 'NaN'),
        coalesce(trail::float8, 'NaN'),
        coalesce(expires, 0),
        quantity::float8,
        coalesce(reference_price::float8, 'NaN'),
        coalesce(price::float8, 'NaN'),
        fee::float8,
        slippage::float8,
        negative_zeros
    FROM orders
    WHERE backtest_id = %(run)s AND position >= %(first)s AND position < %(end)s
    ORDER BY position
) TO STDOUT (FORMAT BINARY)
