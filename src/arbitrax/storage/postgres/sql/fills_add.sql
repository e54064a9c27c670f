INSERT INTO fills (
    id, backtest_id, order_id, asset_id, position, order_position, symbol_index, bar, phase, is_maker, quantity,
    reference_price, price, fee, negative_zeros, filled_at
)
SELECT
    given.id,
    %(run)s,
    given.order_id,
    backtest_assets.asset_id,
    given.position,
    given.order_position,
    given.symbol,
    given.bar,
    (%(phases)s::text[])[given.phase + 1],
    given.maker <> 0,
    given.quantity::text::numeric,
    given.reference_price::text::numeric,
    given.price::text::numeric,
    given.fee::text::numeric,
    given.negative_zeros,
    given.filled_at
FROM
    unnest(
        %(id)s, %(order_id)s, %(position)s, %(asset)s, %(order)s, %(symbol)s, %(bar)s, %(phase)s, %(maker)s,
        %(quantity)s, %(reference_price)s, %(price)s, %(fee)s, %(negative_zeros)s, %(filled_at)s
    ) AS given (
        id, order_id, position, asset, order_position, symbol, bar, phase, maker, quantity, reference_price, price, fee,
        negative_zeros, filled_at
    )
JOIN backtest_assets ON backtest_assets.backtest_id = %(run)s AND backtest_assets.position = given.asset
ON CONFLICT (id) DO NOTHING
