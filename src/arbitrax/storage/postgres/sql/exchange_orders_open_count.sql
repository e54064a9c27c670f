SELECT count(*)
FROM orders
WHERE shard = %(shard)s AND account_id = %(account)s AND ended_at IS NULL AND NOT orphaned
