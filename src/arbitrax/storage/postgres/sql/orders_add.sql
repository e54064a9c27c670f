-- A float8's text is the shortest that reads back as the same float8; a cast to NUMERIC alone keeps 15 digits.
INSERT INTO orders (
    id, backtest_id, asset_id, position, order_type, time_in_force, size_unit, role, side, size, limit_price,
    stop_price, trail, expires, flags, parent, order_group, tag, quantity, price, status, reason, reference_price, fee,
    slippage, created_bar, accepted_bar, triggered_bar, ended_bar, symbol_index, negative_zeros, created_at, filled_at
)
SELECT
    given.id,
    %(run)s,
    backtest_assets.asset_id,
    given.position,
    (%(kinds)s::text[])[given.kind + 1],
    (%(times_in_force)s::text[])[given.time_in_force + 1],
    (%(size_units)s::text[])[given.size_kind + 1],
    (%(roles)s::text[])[given.role + 1],
    CASE given.side WHEN 1 THEN 'buy' WHEN -1 THEN 'sell' END,
    nullif(given.size, 'NaN')::text::numeric,
    nullif(given.limit_price, 'NaN')::text::numeric,
    nullif(given.stop_price, 'NaN')::text::numeric,
    nullif(given.trail, 'NaN')::text::numeric,
    nullif(given.expires, 0),
    given.flags,
    nullif(given.parent, -1),
    nullif(given.order_group, -1),
    (%(tags)s::text[])[given.tag + 1],
    given.quantity::text::numeric,
    nullif(given.price, 'NaN')::text::numeric,
    (%(statuses)s::text[])[given.status + 1],
    (%(reasons)s::text[])[given.reason + 1],
    nullif(given.reference_price, 'NaN')::text::numeric,
    given.fee::text::numeric,
    given.slippage::text::numeric,
    given.created_bar,
    nullif(given.accepted_bar, -1),
    nullif(given.triggered_bar, -1),
    nullif(given.ended_bar, -1),
    given.symbol,
    given.negative_zeros,
    given.created_at,
    CASE WHEN (%(statuses)s::text[])[given.status + 1] = 'filled' THEN given.ended_at END
FROM
    unnest(
        %(id)s, %(position)s, %(asset)s, %(symbol)s, %(kind)s, %(time_in_force)s, %(size_kind)s, %(role)s, %(side)s,
        %(size)s, %(limit)s, %(stop)s, %(trail)s, %(expires)s, %(flags)s, %(parent)s, %(group)s, %(tag)s, %(status)s,
        %(reason)s, %(created_bar)s, %(accepted_bar)s, %(triggered_bar)s, %(ended_bar)s, %(quantity)s,
        %(reference_price)s, %(price)s, %(fee)s, %(slippage)s, %(negative_zeros)s, %(created_at)s, %(ended_at)s
    ) AS given (
        id, position, asset, symbol, kind, time_in_force, size_kind, role, side, size, limit_price, stop_price, trail,
        expires, flags, parent, order_group, tag, status, reason, created_bar, accepted_bar, triggered_bar, ended_bar,
        quantity, reference_price, price, fee, slippage, negative_zeros, created_at, ended_at
    )
JOIN backtest_assets ON backtest_assets.backtest_id = %(run)s AND backtest_assets.position = given.asset
ON CONFLICT (id) DO NOTHING
