INSERT INTO exchange_instruments (shard, number, asset_id, currency, cash_scale, tick_size, lot_size)
SELECT
    %(shard)s, (SELECT coalesce(max(number), 0) + 1 FROM exchange_instruments WHERE shard = %(shard)s),
    asset_of(%(symbol)s), %(currency)s, %(cash_scale)s::decimal, %(tick_size)s::decimal, %(lot_size)s::decimal
