SELECT number, tick_value, flags FROM exchange_instruments WHERE shard = %(shard)s
