UPDATE fills
SET orphaned = true
FROM unnest(%(firsts)s::uuid[], %(lasts)s::uuid[]) AS lost (first, last)
WHERE id BETWEEN first AND last AND shard = %(shard)s AND account_id IS NOT NULL AND NOT orphaned
