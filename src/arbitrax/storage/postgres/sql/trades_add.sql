INSERT INTO trades (
    id, backtest_id, asset_id, position, side, quantity, entry_price, exit_price, pnl, fees, slippage, income,
    is_open, exit_reason, entry_bar, exit_bar, entry_order, exit_order, symbol_index, negative_zeros, entry_at, exit_at
)
SELECT
    given.id,
    %(run)s,
    backtest_assets.asset_id,
    given.position,
    CASE given.side WHEN 1 THEN 'long' WHEN -1 THEN 'short' END,
    given.quantity::text::numeric,
    given.entry_price::text::numeric,
    given.exit_price::text::numeric,
    given.pnl::text::numeric,
    given.fees::text::numeric,
    given.slippage::text::numeric,
    given.income::text::numeric,
    given.is_open <> 0,
    (%(exit_reasons)s::text[])[given.exit_reason + 1],
    given.entry_bar,
    given.exit_bar,
    nullif(given.entry_order, -1),
    nullif(given.exit_order, -1),
    given.symbol,
    given.negative_zeros,
    given.entry_at,
    given.exit_at
FROM
    unnest(
        %(id)s, %(position)s, %(asset)s, %(symbol)s, %(side)s, %(exit_reason)s, %(is_open)s, %(entry_bar)s,
        %(exit_bar)s, %(entry_order)s, %(exit_order)s, %(quantity)s, %(entry_price)s, %(exit_price)s, %(pnl)s,
        %(fees)s, %(slippage)s, %(income)s,
        %(negative_zeros)s, %(entry_at)s, %(exit_at)s
    ) AS given (
        id, position, asset, symbol, side, exit_reason, is_open, entry_bar, exit_bar, entry_order, exit_order,
        quantity, entry_price, exit_price, pnl, fees, slippage, income, negative_zeros, entry_at, exit_at
    )
JOIN backtest_assets ON backtest_assets.backtest_id = %(run)s AND backtest_assets.position = given.asset
ON CONFLICT (id) DO NOTHING
