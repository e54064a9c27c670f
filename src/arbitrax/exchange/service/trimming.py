"""How far the streams may be trimmed: nothing goes that a recovery, an archive or a recorder may still ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from arbitrax.exchange.journal import START, EntryId, SnapshotManifest
from arbitrax.exchange.service.archive_ports import Progress

KEPT = 3
"""Verified snapshots; the journal reaches back to the second newest."""


class TrimPoints(NamedTuple):
    """The first entries to keep."""

    commands: EntryId
    events: EntryId


def trim_points(manifests: Mapping[str, SnapshotManifest], progress: Progress) -> TrimPoints:
    """Return where the streams may begin; START: nothing may go.

    The older of the second newest verified snapshot, what is archived and, of events, what is recorded; never beyond
    what is applied. The entry of that id stays, so a stream never becomes empty and says where it is.
    """
    verified = verified_entries(manifests)
    if len(verified) < 2:
        return TrimPoints(START, START)
    snapshot = min(verified[1], progress.applied)
    return TrimPoints(
        commands=min(snapshot, progress.archived_commands),
        events=min(snapshot, progress.archived_events, progress.recorded),
    )


def verified_entries(manifests: Mapping[str, SnapshotManifest]) -> list[EntryId]:
    """Return the entries of the verified snapshots, each once, newest first."""
    return sorted({EntryId.parse(each.entry) for each in manifests.values() if each.verified}, reverse=True)


def superfluous(manifests: Mapping[str, SnapshotManifest]) -> list[str]:
    """Return the names of those that no recovery needs: older than the KEPT newest verified ones."""
    verified = verified_entries(manifests)
    if len(verified) < KEPT:
        return []
    return sorted(name for name, each in manifests.items() if EntryId.parse(each.entry) < verified[KEPT - 1])
