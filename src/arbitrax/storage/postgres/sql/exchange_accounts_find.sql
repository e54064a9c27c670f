SELECT number FROM accounts WHERE shard = %(shard)s
