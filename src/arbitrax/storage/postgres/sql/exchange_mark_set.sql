UPDATE exchange_marks
SET epoch = %(epoch)s, entry_ms = %(ms)s, entry_seq = %(seq)s, hash = %(hash)s, updated_at = now()
WHERE shard = %(shard)s
