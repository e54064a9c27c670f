SELECT name, dtype, data FROM backtest_curves WHERE backtest_id = %(run)s ORDER BY position
