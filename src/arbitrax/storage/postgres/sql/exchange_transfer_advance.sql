UPDATE exchange_transfers
SET state = %(after)s, reason = %(reason)s, updated_at = now()
WHERE id = %(id)s AND state = %(before)s
