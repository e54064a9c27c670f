SELECT owner_id, result_hash
FROM backtests
WHERE id = %(run)s
