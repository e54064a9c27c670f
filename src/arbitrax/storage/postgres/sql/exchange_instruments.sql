SELECT assets.symbol, shard, number, tick_size::text, lot_size::text, cash_scale::text, currency
FROM exchange_instruments
INNER JOIN assets ON assets.id = exchange_instruments.asset_id
ORDER BY shard, number
