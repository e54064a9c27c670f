"""Use cases: one function per command or query. The transaction and idempotency boundary."""
