UPDATE orders
SET orphaned = true, updated_at = now()
FROM unnest(%(firsts)s::uuid[], %(lasts)s::uuid[]) AS lost (first, last)
WHERE event_id BETWEEN first AND last AND shard = %(shard)s AND account_id IS NOT NULL AND NOT orphaned
