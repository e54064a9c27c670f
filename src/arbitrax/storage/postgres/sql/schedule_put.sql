INSERT INTO ingestion_schedules (name, symbols, watchlist, source, interval, calendar, last_done)
VALUES (%(name)s, %(symbols)s, %(watchlist)s, %(source)s, %(interval)s, %(calendar)s, %(last_done)s)
ON CONFLICT (name) DO UPDATE
SET
    symbols = excluded.symbols,
    watchlist = excluded.watchlist,
    source = excluded.source,
    interval = excluded.interval,
    calendar = excluded.calendar,
    last_done = greatest(ingestion_schedules.last_done, excluded.last_done),
    updated_at = now()
