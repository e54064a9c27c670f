SELECT coalesce(sum(amount) * max(cash_scale), 0)
FROM exchange_payments
JOIN accounts ON accounts.id = account_id
JOIN exchange_currencies ON exchange_currencies.shard = accounts.shard AND exchange_currencies.currency = accounts.currency
WHERE account_id = %(account)s AND NOT orphaned
