SELECT cash_scale::text FROM exchange_currencies WHERE shard = %(shard)s AND currency = %(currency)s
