INSERT INTO accounts (id, owner_id, name, currency, kind, shard, number, funding)
SELECT
    %(id)s, %(owner)s, %(name)s, %(currency)s, 'paper', %(shard)s,
    (SELECT coalesce(max(number), 0) + 1 FROM accounts WHERE shard = %(shard)s), %(kind)s
