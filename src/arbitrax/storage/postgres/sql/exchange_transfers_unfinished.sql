SELECT id, number, source_id, target_id, trim_scale(amount)::text, state, reason
FROM exchange_transfers
WHERE
    state IN ('begun', 'debited', 'returning')
    AND (%(accounts)s::uuid[] IS NULL OR source_id = any(%(accounts)s) OR target_id = any(%(accounts)s))
ORDER BY number
