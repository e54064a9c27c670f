INSERT INTO exchange_currencies (shard, currency, cash_scale)
VALUES (%(shard)s, %(currency)s, %(cash_scale)s::decimal)
ON CONFLICT (shard, currency) DO NOTHING
