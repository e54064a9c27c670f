SELECT substr(data, %(first)s, %(size)s)
FROM backtest_documents
WHERE backtest_id = %(run)s AND name = %(name)s AND engine_version = %(version)s
