-- One claim at a time: two at once would serve the same owner twice.
SELECT pg_advisory_xact_lock(7017280452245743464)
