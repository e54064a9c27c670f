-- The recorder's mark of a shard, and as of that moment of accounts: how many orders are open, what was paid in, and their
-- positions; one row without a position for an account that has none.
SELECT
    epoch, entry_ms, entry_seq, hash, accounts.number, counted.open, coalesce(payments.paid, 0),
    exchange_instruments.number, lots, cost, realised, fees, trip_entered, trip_paid, trip_exited, trip_received,
    trip_realised, trip_fees, trip_order, trip_began, last_event_id
FROM exchange_marks
JOIN accounts ON accounts.shard = exchange_marks.shard AND accounts.id = ANY(%(accounts)s)
CROSS JOIN LATERAL (
    SELECT count(*) AS open
    FROM orders
    WHERE shard = accounts.shard AND account_id = accounts.id AND ended_at IS NULL AND NOT orphaned
) AS counted
CROSS JOIN LATERAL (
    SELECT sum(amount) * max(cash_scale) AS paid
    FROM exchange_payments
    JOIN exchange_currencies USING (shard)
    WHERE account_id = accounts.id AND exchange_currencies.currency = accounts.currency AND NOT orphaned
) AS payments
LEFT JOIN exchange_positions ON exchange_positions.shard = accounts.shard AND account_id = accounts.id
LEFT JOIN exchange_instruments ON exchange_instruments.asset_id = exchange_positions.asset_id
WHERE exchange_marks.shard = %(shard)s
