SELECT account_id, sum(amount) * max(cash_scale)
FROM exchange_payments
JOIN accounts ON accounts.id = account_id
JOIN exchange_currencies ON exchange_currencies.shard = accounts.shard AND exchange_currencies.currency = accounts.currency
WHERE account_id = ANY(%(accounts)s) AND NOT orphaned
GROUP BY account_id
