-- Whoever has it is doing the same request now; it goes with the transaction.
SELECT pg_try_advisory_xact_lock(%(lock)s)
