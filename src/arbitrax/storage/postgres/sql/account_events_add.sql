INSERT INTO account_events (
    id, backtest_id, asset_id, position, kind, bar, symbol_index, order_position, quantity, price, amount,
    negative_zeros, happened_at
)
SELECT
    given.id,
    %(run)s,
    backtest_assets.asset_id,
    given.position,
    (%(event_kinds)s::text[])[given.kind + 1],
    given.bar,
    given.symbol,
    given.order_position,
    given.quantity::text::numeric,
    given.price::text::numeric,
    given.amount::text::numeric,
    given.negative_zeros,
    given.happened_at
FROM
    unnest(
        %(id)s, %(position)s, %(asset)s, %(kind)s, %(bar)s, %(symbol)s, %(order)s, %(quantity)s, %(price)s, %(amount)s,
        %(negative_zeros)s, %(happened_at)s
    ) AS given (
        id, position, asset, kind, bar, symbol, order_position, quantity, price, amount, negative_zeros, happened_at
    )
LEFT JOIN backtest_assets ON backtest_assets.backtest_id = %(run)s AND backtest_assets.position = given.asset
ON CONFLICT (id) DO NOTHING
