DELETE FROM historical_prices
WHERE asset_id = %(asset)s AND interval = %(interval)s
