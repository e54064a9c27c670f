DELETE FROM idempotency_keys WHERE user_id = %(owner)s AND key = %(key)s AND expires_at <= now()
