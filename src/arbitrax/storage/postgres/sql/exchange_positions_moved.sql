DELETE FROM exchange_positions
USING unnest(%(firsts)s::uuid[], %(lasts)s::uuid[]) AS lost (first, last), accounts, exchange_instruments
WHERE
    last_event_id BETWEEN first AND last
    AND exchange_positions.shard = %(shard)s
    AND accounts.id = account_id
    AND exchange_instruments.asset_id = exchange_positions.asset_id
RETURNING accounts.number, exchange_instruments.number
