INSERT INTO strategies (id, name, strategy_type, parameters, source_hash, source)
VALUES (%(strategy)s, %(name)s, 'signals', %(parameters)s::jsonb, %(source_hash)s, %(source)s)
ON CONFLICT ON CONSTRAINT strategies_identity DO NOTHING
