COPY (
    SELECT
        order_position::int4,
        bar::int4,
        symbol_index,
        (array_position(%(phases)s::text[], phase::text) - 1)::int2,
        is_maker::int::int2,
        quantity::float8,
        reference_price::float8,
        price::float8,
        fee::float8,
        negative_zeros
    FROM fills
    WHERE backtest_id = %(run)s
    ORDER BY position
) TO STDOUT (FORMAT BINARY)
