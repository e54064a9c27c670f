-- A float8's text is the shortest that reads back as the same float8; a cast to NUMERIC alone keeps 15 digits.
INSERT INTO orders (
    id, backtest_id, asset_id, position, order_type, side, quantity, price, status, reason, target, reference_price,
    fee, slippage, created_bar, filled_bar, symbol_index, negative_zeros, created_at, filled_at
)
SELECT
    given.id,
    %(run)s,
    backtest_assets.asset_id,
    given.position,
    (%(kinds)s::text[])[given.kind + 1],
    CASE given.side WHEN 1 THEN 'buy' WHEN -1 THEN 'sell' END,
    given.quantity::text::numeric,
    nullif(given.price, 'NaN')::text::numeric,
    (%(statuses)s::text[])[given.status + 1],
    (%(reasons)s::text[])[given.reason + 1],
    nullif(given.target, 'NaN')::text::numeric,
    nullif(given.reference_price, 'NaN')::text::numeric,
    given.fee::text::numeric,
    given.slippage::text::numeric,
    given.created_bar,
    nullif(given.filled_bar, -1),
    given.symbol,
    given.negative_zeros,
    given.created_at,
    CASE WHEN given.filled_bar >= 0 THEN given.filled_at END
FROM
    unnest(
        %(id)s, %(position)s, %(asset)s, %(symbol)s, %(kind)s, %(side)s, %(status)s, %(reason)s, %(created_bar)s,
        %(filled_bar)s, %(target)s, %(quantity)s, %(reference_price)s, %(price)s, %(fee)s, %(slippage)s,
        %(negative_zeros)s, %(created_at)s, %(filled_at)s
    ) AS given (
        id, position, asset, symbol, kind, side, status, reason, created_bar, filled_bar, target, quantity,
        reference_price, price, fee, slippage, negative_zeros, created_at, filled_at
    )
JOIN backtest_assets ON backtest_assets.backtest_id = %(run)s AND backtest_assets.position = given.asset
ON CONFLICT (id) DO NOTHING
