INSERT INTO assets (id, symbol) VALUES (%(id)s, %(symbol)s) ON CONFLICT (symbol) DO NOTHING
