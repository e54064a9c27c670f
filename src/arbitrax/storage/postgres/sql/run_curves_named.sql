SELECT name, dtype, data FROM backtest_curves WHERE backtest_id = %(run)s AND name = ANY(%(names)s)
