-- Say of the row that counts that it no longer does, or does again, as of ts_recv.
INSERT INTO corporate_actions (
    id, asset_id, kind, ex_date, ratio, amount, currency, pay_date, withdrawn, source, ts_recv
)
SELECT
    %(id)s, asset_id, kind, ex_date, ratio, amount, currency, pay_date, NOT withdrawn, source, %(ts_recv)s
FROM (
    SELECT *
    FROM corporate_actions
    WHERE asset_id = %(asset)s AND kind = %(kind)s AND ex_date = %(ex_date)s
    ORDER BY ts_recv DESC
    LIMIT 1
) AS newest
WHERE withdrawn = %(restore)s
