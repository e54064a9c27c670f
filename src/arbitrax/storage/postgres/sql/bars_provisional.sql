SELECT EXISTS (
    SELECT FROM historical_prices WHERE asset_id = %(asset)s AND interval = %(interval)s AND NOT is_final
)
