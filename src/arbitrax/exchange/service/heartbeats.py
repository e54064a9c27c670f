"""Which gateways live, and whose sessions went with one that does not."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np

from arbitrax.domain.errors import DataError
from arbitrax.exchange.journal import MOST_COMMANDS, CommandEntry
from arbitrax.exchange.records import COMMAND, Kind
from arbitrax.exchange.service.batches import Heartbeat

SILENT_MS = 3_000
"""After which a gateway is gone."""

_DECODE = msgspec.json.Decoder(dict[int, tuple[int, tuple[int, ...]]]).decode


class Heartbeats:
    """The last heartbeat of each gateway. No state of the engine: kept beside it, so that a new worker knows them."""

    def __init__(self, kept: bytes = b"") -> None:
        """Go on from what was kept.

        Raises:
            DataError: it is something else.
        """
        try:
            self._last = _DECODE(kept) if kept else {}
        except msgspec.DecodeError as error:
            raise DataError(f"What the journal's server keeps of heartbeats is damaged: {error}.") from error
        self._changed = False

    def note(self, heartbeats: Iterable[Heartbeat]) -> None:
        """Take in what a batch brought."""
        for each in heartbeats:
            self._last[each.gateway] = (each.ms, each.accounts)
            self._changed = True

    def changes(self) -> bytes | None:
        """Return what to keep, None when that is what was returned before."""
        if not self._changed:
            return None
        self._changed = False
        return msgspec.json.encode(self._last)

    def lost(self, now: int) -> list[int]:
        """Forget gateways that are silent; return the accounts that were connected there and are nowhere else.

        ``now``: ms, such that all heartbeats before have been noted.
        """
        silent = [gateway for gateway, (ms, _) in self._last.items() if ms < now - SILENT_MS]
        if not silent:
            return []
        accounts = {account for gateway in silent for account in self._last.pop(gateway)[1]}
        self._changed = True
        return sorted(accounts.difference(*(there for _, there in self._last.values())))


def disconnections(accounts: list[int]) -> list[CommandEntry]:
    """Return the entries that tell the engine of sessions gone."""
    entries = []
    for at in range(0, len(accounts), MOST_COMMANDS):
        part = accounts[at : at + MOST_COMMANDS]
        commands = np.zeros(len(part), COMMAND)
        commands["kind"], commands["account"] = Kind.DISCONNECT, part
        entries.append(CommandEntry(commands))
    return entries
