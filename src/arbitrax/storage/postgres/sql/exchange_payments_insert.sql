INSERT INTO exchange_payments (id, account_id, shard, amount, paid_at)
SELECT
    incoming_payments.id,
    accounts.id,
    %(shard)s,
    amount / cash_scale,
    'epoch'::timestamptz + paid * '1 millisecond'::interval
FROM incoming_payments
JOIN accounts ON accounts.shard = %(shard)s AND accounts.number = account
JOIN exchange_currencies USING (shard, currency)
