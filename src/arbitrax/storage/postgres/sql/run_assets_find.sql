SELECT symbol, interval, role, as_of, data_hash, actions_as_of, quality
FROM backtest_assets
WHERE backtest_id = %(run)s
ORDER BY position
