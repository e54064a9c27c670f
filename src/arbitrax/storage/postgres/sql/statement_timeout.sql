-- Of this session, and of what waits for a lock as well.
SELECT set_config('statement_timeout', %(milliseconds)s, false)
