"""What every change has around it: one transaction, a line in the audit log, and being done once for a key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct, field

from arbitrax.domain.errors import IdempotencyError
from arbitrax.domain.ids import new_uuid
from arbitrax.services.identity_ports import Actor, AuditEntry, IdentityStore

KEPT = timedelta(hours=24)
"""How long a key is remembered."""


class Answer(Struct, frozen=True):
    """What is answered to a request: JSON, or nothing."""

    status: int
    body: bytes = b""
    location: str | None = None
    replayed: bool = False
    """It was given before, and nothing was done now."""


class Change(Struct, frozen=True):
    """What was changed, and the answer to whom asked for it."""

    answer: Answer
    subject: str | None = None
    """For the audit log: the id or name of what was changed."""
    detail: dict[str, Any] = field(default_factory=dict)
    kept: Answer | None = None
    """The answer to keep instead, where this one holds a secret."""


class OnceKey(Struct, frozen=True):
    """An idempotency key with the request it stands for."""

    user: UUID
    key: str
    request_hash: str
    """SHA-256 of method, path and body."""


class IdempotencyStore(Protocol):
    """Keeps answers; each call inside a transaction."""

    def find(self, once: OnceKey, *, at: datetime) -> tuple[str, Answer] | None:
        """Return the hash of the request that a key was used for, and its answer.

        Raises:
            InFlight: that request is being done at this moment.
        """

    def keep(self, once: OnceKey, answer: Answer, *, at: datetime, until: datetime) -> None:
        """Keep an answer until a time."""


class Mutations:
    """Makes changes. ``clock``: the time now, aware."""

    def __init__(self, identity: IdentityStore, idempotency: IdempotencyStore, clock: Callable[[], datetime]) -> None:
        self._identity = identity
        self._idempotency = idempotency
        self._clock = clock

    def make(
        self, actor: Actor, action: str | None, effect: Callable[[], Change], once: OnceKey | None = None
    ) -> Answer:
        """Make a change and note it, all in one transaction; with a key: once, and give its answer again.

        An effect that raises leaves nothing: the key is free again. action: None notes nothing, as of commands, whose
        line comes from the journal.

        Raises:
            InFlight: a request with the same key is being done at this moment.
            IdempotencyError: the key was used for another request.
        """
        at = self._clock()
        with self._identity.transaction():
            if once is not None:
                found = self._idempotency.find(once, at=at)
                if found is not None:
                    request_hash, answer = found
                    if request_hash != once.request_hash:
                        raise IdempotencyError("This Idempotency-Key was used for another request; take a new one.")
                    return Answer(answer.status, answer.body, answer.location, replayed=True)
            change = effect()
            if action is not None:
                id = new_uuid(int(at.timestamp() * 1e6) * 1000)
                self._identity.record(AuditEntry(id, at, actor, action, change.subject, change.detail))
            if once is not None:
                self._idempotency.keep(once, change.kept or change.answer, at=at, until=at + KEPT)
            return change.answer
