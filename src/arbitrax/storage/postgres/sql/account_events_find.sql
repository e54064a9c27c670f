COPY (
    SELECT
        bar::int4,
        symbol_index,
        (array_position(%(event_kinds)s::text[], kind::text) - 1)::int4,
        order_position::int4,
        quantity::float8,
        price::float8,
        amount::float8,
        negative_zeros
    FROM account_events
    WHERE backtest_id = %(run)s
    ORDER BY position
) TO STDOUT (FORMAT BINARY)
