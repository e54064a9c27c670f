"""Intraday bars of recent days in Valkey: ``cache:historical:{symbol}:{date}``, a hash with a field an interval.

The field ``1m`` holds the day's bars (UTC) as JSON, an array a column; ``1m:version`` says of which state of the series
they are: its asset and ``as_of``, which PostgreSQL changes with every change of a bar, in the same transaction. A
reader asks PostgreSQL for the version first and takes no value of another one, so a value cannot outlive a revision,
whoever failed to remove it. What is written after a commit only makes hits likelier: the days that changed are stored
anew, and those that did not are carried over from the version before.

Nothing here raises because of Valkey: one that is down, slow or full is left alone for a few seconds.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec
import numpy as np
from msgspec import Struct

from arbitrax.domain.bars import Bars
from arbitrax.domain.dates import date_text
from arbitrax.domain.intervals import DAY, is_intraday

if TYPE_CHECKING:
    import valkey

DAYS = 45
"""How far back a day is recent: a month of sessions, whichever month."""
EXPIRY = timedelta(days=2)
TIMEOUT_SECONDS = 0.25
REST_SECONDS = 5.0
"""How long a Valkey that failed is left alone."""

Answer = TypeVar("Answer")


class Days(Struct, frozen=True):
    """Whole days: numbers since 1970-01-01, ``last`` included."""

    first: int
    last: int

    @property
    def span(self) -> tuple[int, int]:
        """From their first ns to before their end."""
        return self.first * DAY, (self.last + 1) * DAY

    def __iter__(self) -> Any:
        return iter(range(self.first, self.last + 1))


class _Day(Struct):
    timestamp: list[int]
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]
    volume: list[float]
    adj_close: list[float] | None = None


_AMOUNTS = ("open", "high", "low", "close", "volume")
_DECODE = msgspec.json.Decoder(_Day).decode

# KEYS: of days; ARGV: the version's field, the old version, the new one. What is of another version stays as it is.
_CARRY_OVER = """
for _, key in ipairs(KEYS) do
  if redis.call('HGET', key, ARGV[1]) == ARGV[2] then redis.call('HSET', key, ARGV[1], ARGV[3]) end
end
"""


def version(asset: UUID, as_of: int) -> str:
    """Return what names one state of a series."""
    return f"{asset}@{as_of}"


def key(symbol: str, day: int) -> str:
    """Return the key of a day."""
    return f"cache:historical:{symbol}:{date_text(day * DAY)}"


class RecentBars:
    """The cache of recent days on a Valkey by its URL; the client is opened when first needed."""

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], int] = time.time_ns,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._clock = clock
        self._monotonic = monotonic
        self._client: valkey.Valkey | None = None
        self._rests_until = 0.0

    def days(self, interval: str, start: int | None, end: int | None) -> Days | None:
        """Return the days of a range, ns UTC; None when some are not recent, or bars of this interval are not kept.

        Bars of a day and longer are not: PostgreSQL has a year of them at hand at once.
        """
        if start is None or end is None or end <= start or not is_intraday(interval):
            return None
        found = Days(start // DAY, (end - 1) // DAY)
        today = self._clock() // DAY
        return found if today - DAYS < found.first and found.last <= today else None

    def days_of(self, interval: str, first: int, last: int) -> Days | None:
        """Return the recent days from one bar to another, ns UTC; None for none, or when such bars are not kept."""
        if not is_intraday(interval):
            return None
        today = self._clock() // DAY
        found = Days(max(first // DAY, today - DAYS + 1), min(last // DAY, today))
        return found if found.first <= found.last else None

    def get(self, symbol: str, interval: str, days: Days, of: str) -> Bars | None:
        """Return the bars of days, or None unless each is there and of the version asked for."""

        def ask(client: valkey.Valkey) -> list[Any]:
            with client.pipeline(transaction=False) as pipeline:
                for day in days:
                    pipeline.hmget(key(symbol, day), [interval, f"{interval}:version"])
                return pipeline.execute()  # type: ignore[no-untyped-call]

        found = self._try(ask)
        wanted = of.encode()
        if found is None or any(day is None or at != wanted for day, at in found):
            return None
        try:
            return _joined([_DECODE(day) for day, _ in found], symbol, interval)
        except (msgspec.DecodeError, ValueError):  # someone else's value
            return None

    def put(self, bars: Bars, days: Days, of: str) -> None:
        """Keep the bars of whole days, those without bars too."""
        edges = bars.timestamp.searchsorted(np.arange(days.first, days.last + 2) * DAY)

        def tell(client: valkey.Valkey) -> None:
            with client.pipeline(transaction=True) as pipeline:
                for place, day in enumerate(days):
                    value = _encoded(bars.take(slice(int(edges[place]), int(edges[place + 1]))))
                    name = key(bars.symbol, day)
                    pipeline.hset(name, mapping={bars.interval: value, f"{bars.interval}:version": of})
                    pipeline.expire(name, EXPIRY)
                pipeline.execute()  # type: ignore[no-untyped-call]

        self._try(tell)

    def carry_over(self, symbol: str, interval: str, changed: Days | None, *, old: str, new: str) -> None:
        """Let the recent days that did not change count as of the new version, if they are of the old one."""
        if not is_intraday(interval):
            return
        today = self._clock() // DAY
        others = [day for day in range(today - DAYS + 1, today + 1) if changed is None or day not in set(changed)]
        names = [key(symbol, day) for day in others]
        self._try(lambda client: client.eval(_CARRY_OVER, len(names), *names, f"{interval}:version", old, new))

    def close(self) -> None:
        """Close the client's connections; the next use opens others."""
        client, self._client = self._client, None
        if client is not None:
            client.close()  # type: ignore[no-untyped-call]

    def _try(self, ask: Callable[[valkey.Valkey], Answer]) -> Answer | None:
        if self._monotonic() < self._rests_until:
            return None
        import valkey  # a third of a second: only when asked
        from valkey.backoff import NoBackoff
        from valkey.retry import Retry

        try:
            if self._client is None:
                self._client = valkey.Valkey.from_url(
                    self._url,
                    socket_connect_timeout=TIMEOUT_SECONDS,
                    socket_timeout=TIMEOUT_SECONDS,
                    retry=Retry(NoBackoff(), 0),
                )
            return ask(self._client)
        except (valkey.exceptions.ValkeyError, OSError, ValueError):
            self._rests_until = self._monotonic() + REST_SECONDS
            return None


def _encoded(bars: Bars) -> bytes:
    columns = {name: getattr(bars, name).tolist() for name in ("timestamp", *_AMOUNTS)}
    return msgspec.json.encode(_Day(**columns, adj_close=None if bars.adj_close is None else bars.adj_close.tolist()))


def _joined(days: list[_Day], symbol: str, interval: str) -> Bars:
    """Return days as one series; those without bars say nothing of adjusted closes.

    Raises:
        ValueError: columns of different lengths.
    """
    full = [day for day in days if day.timestamp]
    stamps = _column("q", [day.timestamp for day in full])
    amounts = [_column("d", [getattr(day, name) for day in full]) for name in _AMOUNTS]
    adjusted = [day.adj_close for day in full if day.adj_close is not None]
    adj_close = _column("d", adjusted) if full and len(adjusted) == len(full) else None
    if any(len(column) != len(stamps) for column in (*amounts, stamps if adj_close is None else adj_close)):
        raise ValueError("columns of different lengths")
    open_, high, low, close, volume = amounts
    return Bars(symbol, interval, stamps, open_, high, low, close, volume, adj_close)


def _column(kind: str, days: list[Any]) -> Any:
    values = array(kind)  # takes a list in half the time that NumPy does
    for day in days:
        values.fromlist(day)
    return np.frombuffer(values, kind).copy() if values else np.empty(0, kind)
