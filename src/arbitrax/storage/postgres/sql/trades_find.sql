COPY (
    SELECT
        entry_bar::int4,
        exit_bar::int4,
        symbol_index,
        coalesce(entry_order, -1)::int4,
        coalesce(exit_order, -1)::int4,
        CASE side WHEN 'long' THEN 1 ELSE -1 END::int2,
        (array_position(%(exit_reasons)s::text[], exit_reason::text) - 1)::int2,
        is_open::int::int2,
        quantity::float8,
        entry_price::float8,
        exit_price::float8,
        pnl::float8,
        fees::float8,
        slippage::float8,
        income::float8,
        negative_zeros
    FROM trades
    WHERE backtest_id = %(run)s
    ORDER BY position
) TO STDOUT (FORMAT BINARY)
