SELECT backtest_id, symbol, interval, role, as_of, data_hash, actions_as_of, quality
FROM backtest_assets
WHERE backtest_id = ANY(%(runs)s)
ORDER BY backtest_id, position
