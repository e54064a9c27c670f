SELECT epoch, entry_ms, entry_seq, hash FROM exchange_marks WHERE shard = %(shard)s
