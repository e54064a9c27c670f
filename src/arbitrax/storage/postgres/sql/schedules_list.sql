SELECT name, source, interval, calendar, symbols, watchlist, last_done FROM ingestion_schedules ORDER BY name
