"""The calendars of a shard's symbols, read beside the worker: ``calendars:{shard}``, number of the symbol -> name."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from arbitrax.domain.errors import ArbitraxError
from arbitrax.exchange.service.phases import PhaseChange
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.connected_thread import ConnectedThread

LOOK_SECONDS = 2.0
"""Between looks at what is configured."""
RENEW_SECONDS = 3_600.0
"""Between two months worked out."""


def calendars_key(shard: int) -> str:
    """Return the key of the calendars of a shard."""
    return f"calendars:{shard}"


class SessionSchedule(ConnectedThread):
    """See `arbitrax.exchange.service.phases.Sessions`. A thread reads; faults of the server are waited out.

    Calendars without a table come from a library that takes a second or two to load, which nobody may wait for who
    holds a lease.
    """

    def __init__(self, url: Callable[[], str], shard: int, say: Callable[[str], None]) -> None:
        super().__init__("calendars", url, LOOK_SECONDS)
        self._key, self._say = calendars_key(shard), say
        self._changes: Mapping[int, Sequence[PhaseChange]] = {}

    def changes(self) -> Mapping[int, Sequence[PhaseChange]]:
        """Return what is known now."""
        return self._changes

    def _follow(self, channel: Channel) -> None:
        known, due = None, 0.0
        while not self._end.is_set():
            found = channel.ask("HGETALL", self._key)
            if found != known or time.monotonic() >= due:
                self._changes = self._worked_out(dict(zip(found[::2], found[1::2], strict=True)))
                known, due = found, time.monotonic() + RENEW_SECONDS
            self._end.wait(LOOK_SECONDS)

    def _worked_out(self, names: Mapping[bytes, bytes]) -> Mapping[int, Sequence[PhaseChange]]:
        by_name = {each: self._changes_of(each.decode()) for each in sorted(set(names.values()))}
        return {int(symbol): by_name[name] for symbol, name in names.items() if by_name[name]}

    def _changes_of(self, name: str) -> Sequence[PhaseChange]:
        from arbitrax.market_data.calendars import calendar
        from arbitrax.trading.session_phases import changes_around

        try:
            return changes_around(calendar(name), time.time_ns() // 1_000_000)
        except ArbitraxError as error:
            self._say(f"calendar.unknown The calendar {name} is not followed: {error}")
            return ()
