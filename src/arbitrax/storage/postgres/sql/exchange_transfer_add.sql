INSERT INTO exchange_transfers (id, source_id, target_id, amount)
VALUES (%(id)s, %(source)s, %(target)s, %(amount)s)
