SELECT
    accounts.number, exchange_instruments.number, lots, cost, realised, fees, trip_entered, trip_paid, trip_exited,
    trip_received, trip_realised, trip_fees, trip_order, trip_began, last_event_id
FROM exchange_positions
JOIN accounts ON accounts.id = account_id
JOIN exchange_instruments ON exchange_instruments.asset_id = exchange_positions.asset_id
WHERE exchange_positions.shard = %(shard)s AND (%(accounts)s::uuid[] IS NULL OR account_id = ANY(%(accounts)s))
