-- A run that is stored already was counted as a use of its strategy then.
INSERT INTO strategies (id, name, class_name, strategy_type, parameters, source_hash, source)
SELECT
    %(strategy)s, %(name)s, %(class_name)s, 'signals', %(parameters)s::jsonb, %(source_hash)s, %(source)s
WHERE NOT EXISTS (SELECT FROM backtests WHERE id = %(run)s)
ON CONFLICT ON CONSTRAINT strategies_identity DO UPDATE SET name = excluded.name, updated_at = now()
