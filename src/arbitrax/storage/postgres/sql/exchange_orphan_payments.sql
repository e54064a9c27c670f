UPDATE exchange_payments
SET orphaned = true, updated_at = now()
FROM unnest(%(firsts)s::uuid[], %(lasts)s::uuid[]) AS lost (first, last)
WHERE id BETWEEN first AND last AND shard = %(shard)s AND NOT orphaned
