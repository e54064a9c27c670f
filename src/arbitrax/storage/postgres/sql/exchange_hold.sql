-- What the keys of the rows to come lead to stays until the end of the transaction.
WITH held AS (
    SELECT accounts.id
    FROM accounts
    WHERE shard = %(shard)s AND number IN (SELECT account FROM incoming_orders UNION SELECT account FROM incoming_fills)
    FOR KEY SHARE
)
SELECT (SELECT count(*) FROM held), assets.id
FROM exchange_instruments
JOIN assets ON assets.id = exchange_instruments.asset_id
WHERE shard = %(shard)s
FOR KEY SHARE OF assets
