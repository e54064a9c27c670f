SELECT id, number, source_id, target_id, trim_scale(amount)::text, state, reason
FROM exchange_transfers
WHERE id = %(id)s
