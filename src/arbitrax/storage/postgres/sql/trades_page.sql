COPY (
    SELECT
        trades.entry_bar::int4,
        trades.exit_bar::int4,
        trades.symbol_index,
        coalesce(trades.entry_order, -1)::int4,
        coalesce(trades.exit_order, -1)::int4,
        CASE trades.side WHEN 'long' THEN 1 ELSE -1 END::int2,
        (array_position(%(exit_reasons)s::text[], trades.exit_reason::text) - 1)::int2,
        trades.is_open::int::int2,
        trades.quantity::float8,
        trades.entry_price::float8,
        trades.exit_price::float8,
        trades.pnl::float8,
        trades.fees::float8,
        trades.slippage::float8,
        trades.income::float8,
        trades.negative_zeros,
        (coalesce(array_position(%(kinds)s::text[], opened.order_type::text), 1) - 1)::int2,
        (coalesce(array_position(%(tags)s::text[], opened.tag), 0) - 1)::int4,
        (coalesce(array_position(%(tags)s::text[], closed.tag), 0) - 1)::int4
    FROM trades
    LEFT JOIN orders AS opened
        ON opened.backtest_id = trades.backtest_id AND opened.position = trades.entry_order
    LEFT JOIN orders AS closed
        ON closed.backtest_id = trades.backtest_id AND closed.position = trades.exit_order
    WHERE trades.backtest_id = %(run)s AND trades.position >= %(first)s AND trades.position < %(end)s
    ORDER BY trades.position
) TO STDOUT (FORMAT BINARY)
