INSERT INTO assets (id, symbol) VALUES (%(id)s, %(symbol)s) ON CONFLICT (symbol) WHERE released_on IS NULL DO NOTHING
