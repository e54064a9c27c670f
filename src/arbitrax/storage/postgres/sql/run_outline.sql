SELECT spec::text, results::text FROM backtests WHERE id = %(run)s
