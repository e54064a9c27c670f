"""Sessions of the exchanges most used, written ahead by ``scripts/write_sessions.py``, so that NumPy alone reads them.

``NAME.npz`` has one row a session, oldest first: ``day`` (int32, days since 1970), ``open`` and ``close`` (int16,
minutes from that day's 00:00 UTC), ``half_day`` (bool), and for exchanges with a midday break ``break_start`` and
``break_end`` (likewise minutes; equal where a session has none). ``exchanges.json`` says their time zones, which other
names mean them, and which further exchanges exchange_calendars knows.
"""
