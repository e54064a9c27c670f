INSERT INTO exchange_positions (
    account_id, asset_id, shard, lots, cost, realised, fees, trip_entered, trip_paid, trip_exited, trip_received,
    trip_realised, trip_fees, trip_order, trip_began, last_event_id
)
SELECT
    accounts.id, asset_id, %(shard)s, lots, cost, realised, fees, trip_entered, trip_paid, trip_exited, trip_received,
    trip_realised, trip_fees, trip_order, 'epoch'::timestamptz + trip_began * '1 millisecond'::interval, last_event
FROM incoming_positions
JOIN accounts ON accounts.shard = %(shard)s AND accounts.number = account
JOIN exchange_instruments ON exchange_instruments.shard = %(shard)s AND exchange_instruments.number = symbol
ON CONFLICT (account_id, asset_id) DO UPDATE
SET
    lots = excluded.lots,
    cost = excluded.cost,
    realised = excluded.realised,
    fees = excluded.fees,
    trip_entered = excluded.trip_entered,
    trip_paid = excluded.trip_paid,
    trip_exited = excluded.trip_exited,
    trip_received = excluded.trip_received,
    trip_realised = excluded.trip_realised,
    trip_fees = excluded.trip_fees,
    trip_order = excluded.trip_order,
    trip_began = excluded.trip_began,
    last_event_id = excluded.last_event_id,
    updated_at = now()
