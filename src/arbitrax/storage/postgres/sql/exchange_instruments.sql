SELECT
    assets.symbol, listed.shard, listed.number, listed.tick_size::text, listed.lot_size::text, listed.cash_scale::text,
    listed.currency
FROM exchange_instruments AS listed
INNER JOIN assets ON assets.id = listed.asset_id
ORDER BY listed.shard, listed.number
