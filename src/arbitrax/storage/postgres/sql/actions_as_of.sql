-- Withdrawn ones too: the time of the withdrawal is part of what is known.
SELECT DISTINCT ON (ex_date, kind)
    kind, ex_date, ratio::float8, amount::float8, currency, pay_date, withdrawn, source, ts_recv
FROM corporate_actions
WHERE
    asset_id = (SELECT asset_then(%(symbol)s, %(as_of)s))
    AND (%(as_of)s::timestamptz IS NULL OR ts_recv <= %(as_of)s)
ORDER BY ex_date, kind, ts_recv DESC
