SELECT DISTINCT ON (kind, ex_date) kind, ex_date, ratio::float8, amount::float8, currency, pay_date
FROM corporate_actions
WHERE asset_id = %(asset)s AND source = %(source)s
ORDER BY kind, ex_date, ts_recv DESC
