"""Ingestions from being asked for to their end, in one list: jobs, and what the operator did without one."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from msgspec import Struct

from arbitrax.domain.errors import UnknownNameError
from arbitrax.domain.ids import encode
from arbitrax.services.ingestion import IngestionOutcome
from arbitrax.services.ingestion_jobs import IngestionSpec
from arbitrax.services.jobs import JobStore, Progress, Status, require_ended_by_cancellation

INGESTION = "ing"
"""Prefix of an ingestion's id."""


class IngestionRecord(Struct, frozen=True):
    """An ingestion, whatever its status."""

    id: UUID
    owner: UUID | None
    """None: the operator of the command line."""
    spec: IngestionSpec
    progress: Progress
    has_job: bool
    added: int
    updated: int
    unchanged: int
    quarantined: int
    outcomes: tuple[IngestionOutcome, ...] | None
    """By vendor asked, of a job that succeeded."""


class IngestionRecords(Protocol):
    """Reads ingestions."""

    def newest(
        self, limit: int, *, owner: UUID | None = None, status: Status | None = None, before: UUID | None = None
    ) -> list[IngestionRecord]:
        """Return ingestions, newest first; owner, status: None: of every one; before: only those older than this."""
        ...

    def find(self, ingestion: UUID) -> IngestionRecord | None:
        """Return an ingestion."""
        ...


def find_ingestion(records: IngestionRecords, id: UUID, *, sees: UUID | None) -> IngestionRecord:
    """Return an ingestion; ``sees``: when it is this user's, None: whoever's.

    Raises:
        UnknownNameError: there is no such ingestion, or it is another's.
    """
    found = records.find(id)
    if found is None or (sees is not None and found.owner != sees):
        raise UnknownNameError(f"There is no {encode(INGESTION, id)}; the list of ingestions shows the ids.")
    return found


def cancel_ingestion(records: IngestionRecords, jobs: JobStore, id: UUID, *, sees: UUID | None) -> IngestionRecord:
    """Ask for the end of an ingestion and return it as it is then; what it has stored stays.

    Raises:
        UnknownNameError: there is no such ingestion, or it is another's.
        AlreadyOver: it has ended by itself.
    """
    if not find_ingestion(records, id, sees=sees).has_job:
        raise UnknownNameError(f"{encode(INGESTION, id)} is done on the command line and is ended there.")
    jobs.cancel(id)
    found = find_ingestion(records, id, sees=sees)
    require_ended_by_cancellation(found.progress, encode(INGESTION, id))
    return found
