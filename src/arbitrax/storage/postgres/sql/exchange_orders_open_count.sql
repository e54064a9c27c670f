SELECT account_id, count(*)
FROM orders
WHERE shard = %(shard)s AND account_id = ANY(%(accounts)s) AND ended_at IS NULL AND NOT orphaned
GROUP BY account_id
