INSERT INTO backtest_assets (backtest_id, position, asset_id, interval, role, as_of, data_hash, actions_as_of)
SELECT
    %(run)s, %(position)s, id, %(interval)s, %(role)s, %(as_of)s, %(data_hash)s, %(actions_as_of)s
FROM assets
WHERE symbol = %(symbol)s
ON CONFLICT (backtest_id, position) DO NOTHING
