SELECT orders.id, orders.event_id
FROM orders
JOIN unnest(%(firsts)s::uuid[], %(lasts)s::uuid[]) AS lost (first, last) ON last_event_id BETWEEN first AND last
WHERE
    orders.shard = %(shard)s
    AND account_id IS NOT NULL
    AND NOT orphaned
    AND NOT EXISTS (
        SELECT FROM unnest(%(firsts)s::uuid[], %(lasts)s::uuid[]) AS gone (first, last)
        WHERE event_id BETWEEN gone.first AND gone.last
    )
