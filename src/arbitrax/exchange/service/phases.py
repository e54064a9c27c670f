"""Phases of the calendars, appended by the lease holder when their time has come, each executed once.

Commands of a symbol's calendar have a producer number of their own, and the time of the change as sequence number. So
the engine's state says up to when a calendar has been followed, whoever followed it: a worker that takes over appends
what is missing, and a change that two of them append is executed once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.journal import MOST_COMMANDS, CommandEntry
from arbitrax.exchange.records import CALENDAR_PRODUCER, COMMAND, Kind

LOOK_AGAIN_MS = 1_000
"""At a symbol that has a calendar and that the engine does not know yet."""


class PhaseChange(NamedTuple):
    """A command of the calendar."""

    time: int
    """Ms since 1970."""
    kind: Kind


class Sessions(Protocol):
    """The calendars of a shard's symbols."""

    def changes(self) -> Mapping[int, Sequence[PhaseChange]]:
        """Return the changes of each symbol's phase, by time, from a month ago to a month ahead.

        The same object as before while nothing changed. Symbols that never close, or whose calendar is not known yet,
        have none.
        """


class Phases:
    """What is due of the calendars. For one turn of a worker."""

    def __init__(self, sessions: Sessions | None) -> None:
        self._sessions = sessions
        self._known: Mapping[int, Sequence[PhaseChange]] = {}
        self._next: int | None = None

    def next_due(self) -> int | None:
        """Return when to look again, ms; None: when the calendars change."""
        return self._next

    def due(self, core: MatchingCore, now: int) -> list[CommandEntry]:
        """Return the entries to append, as of the engine's state; they must be executed before the next call.

        ``now``: ms, such that everything before has been executed.
        """
        found = self._sessions.changes() if self._sessions else {}
        if found is self._known and (self._next is None or now < self._next):
            return []
        self._known, self._next = found, None
        opened = set(core.symbols()) if found else set()
        rows = [
            (change.time, symbol, change.kind)
            for symbol, changes in found.items()
            for change in (self._of(core, symbol, changes, now) if symbol in opened else self._later(now))
        ]
        return _entries(sorted(rows))

    def _of(self, core: MatchingCore, symbol: int, changes: Sequence[PhaseChange], now: int) -> Sequence[PhaseChange]:
        """Return what is missing of a symbol, from the last close on: what was missed before, that makes up for.

        Of a calendar that was never followed it is the phase that holds.
        """
        self._look_at(next((each.time for each in changes if each.time > now), None))
        followed = core.sequence(CALENDAR_PRODUCER + symbol)
        past = [each for each in changes if followed < each.time <= now]
        closes = [place for place, each in enumerate(past) if each.kind == Kind.CLOSE]
        return past[closes[-1] if closes else 0 :] if followed else past[-1:]

    def _later(self, now: int) -> Sequence[PhaseChange]:
        self._look_at(now + LOOK_AGAIN_MS)
        return ()

    def _look_at(self, time: int | None) -> None:
        if time is not None and (self._next is None or time < self._next):
            self._next = time


def _entries(rows: list[tuple[int, int, Kind]]) -> list[CommandEntry]:
    entries = []
    for at in range(0, len(rows), MOST_COMMANDS):
        part = rows[at : at + MOST_COMMANDS]
        commands = np.zeros(len(part), COMMAND)
        commands["seq"], commands["symbol"], commands["kind"] = zip(*part, strict=True)
        commands["producer"], commands["producer_epoch"] = commands["symbol"] + CALENDAR_PRODUCER, 1
        entries.append(CommandEntry(commands))
    return entries
