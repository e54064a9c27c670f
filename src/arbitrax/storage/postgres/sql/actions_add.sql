INSERT INTO corporate_actions (id, asset_id, kind, ex_date, ratio, amount, currency, pay_date, source, ts_recv)
VALUES (
    %(id)s, %(asset)s, %(kind)s, %(ex_date)s, %(ratio)s, %(amount)s, %(currency)s, %(pay_date)s, %(source)s, %(ts_recv)s
)
