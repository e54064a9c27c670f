SELECT id, number, source_id, target_id, trim_scale(amount)::text, state, reason
FROM exchange_transfers
ORDER BY number DESC
LIMIT %(most)s
