INSERT INTO exchange_marks (shard, epoch, entry_ms, entry_seq, hash)
VALUES (%(shard)s, %(epoch)s, %(ms)s, %(seq)s, %(hash)s)
ON CONFLICT (shard) DO NOTHING
