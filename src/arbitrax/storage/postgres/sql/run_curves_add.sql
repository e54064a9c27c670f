INSERT INTO backtest_curves (backtest_id, position, name, dtype, data)
SELECT %(run)s, given.position - 1, given.name, given.dtype, given.data
FROM
    unnest(%(names)s::text[], %(dtypes)s::text[], %(data)b::bytea[])
    WITH ORDINALITY AS given (name, dtype, data, position)
ON CONFLICT (backtest_id, name) DO NOTHING
