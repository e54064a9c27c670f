"""The port for answers to POSTs on PostgreSQL: kept in the transaction of what they did."""

from __future__ import annotations

from datetime import datetime

from arbitrax.domain.errors import InFlight
from arbitrax.services.mutations import Answer, OnceKey
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.sql import statement


class PostgresIdempotencyStore:
    """Answers by user and key; only inside a transaction of the same thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, once: OnceKey, *, at: datetime) -> tuple[str, Answer] | None:
        """Return the hash of the request that a key was used for, and its answer.

        Raises:
            InFlight: that request is being done at this moment.
        """
        with self._database.connection() as connection:
            locked = connection.execute(statement("idempotency_try"), {"lock": lock_of(once)}).fetchone()
            if locked is None or not locked[0]:
                raise InFlight("A request with this Idempotency-Key is being done now; ask again in a second.")
            keys = {"user": once.user, "key": once.key, "at": at}
            found = connection.execute(statement("idempotency_find"), keys).fetchone()
        if found is None:
            return None
        request_hash, status, response, location = found
        return request_hash, Answer(status, b"" if response == "null" else response.encode(), location)

    def keep(self, once: OnceKey, answer: Answer, *, at: datetime, until: datetime) -> None:
        """Keep an answer until a time, and forget some that are older."""
        with self._database.connection() as connection:
            connection.execute(
                statement("idempotency_add"),
                {
                    "user": once.user,
                    "key": once.key,
                    "request_hash": once.request_hash,
                    "status": answer.status,
                    "response": answer.body.decode() or "null",
                    "location": answer.location,
                    "at": at,
                    "expires": until,
                },
            )


def lock_of(once: OnceKey) -> int:
    """Return the advisory lock of a key."""
    import hashlib

    digest = hashlib.sha256(b"idempotency" + once.user.bytes + once.key.encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
