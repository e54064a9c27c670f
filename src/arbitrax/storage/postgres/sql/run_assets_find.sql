SELECT
    assets.symbol, backtest_assets.interval, backtest_assets.role, backtest_assets.as_of, backtest_assets.data_hash,
    backtest_assets.actions_as_of
FROM backtest_assets
JOIN assets ON assets.id = backtest_assets.asset_id
WHERE backtest_assets.backtest_id = %(run)s
ORDER BY backtest_assets.position
