INSERT INTO backtest_assets (
    backtest_id, position, asset_id, symbol, interval, role, as_of, data_hash, actions_as_of, quality
)
VALUES (
    %(run)s, %(position)s, asset_of(%(symbol)s::text), %(symbol)s::text, %(interval)s, %(role)s, %(as_of)s, %(data_hash)s,
    %(actions_as_of)s, %(quality)s
)
ON CONFLICT (backtest_id, position) DO NOTHING
