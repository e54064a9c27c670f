SELECT
    accounts.id, accounts.name, accounts.shard, accounts.number, accounts.currency, exchange_currencies.cash_scale::text,
    accounts.funding, accounts.owner_id
FROM accounts
INNER JOIN exchange_currencies USING (shard, currency)
ORDER BY accounts.shard, accounts.number
