-- One row speaks for all: a series has adjusted closes on every bar or on none.
SELECT adj_close IS NOT NULL FROM historical_prices WHERE asset_id = %(asset)s AND interval = %(interval)s LIMIT 1
