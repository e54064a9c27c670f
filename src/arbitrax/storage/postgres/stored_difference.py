"""What bars to store are, compared with what is stored: new, changed or known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats

_PRICES = ("open", "high", "low", "close")


class Overlap(Struct, frozen=True, eq=False):
    """The stored bars of a series between two of its times, shape (stored,)."""

    bars: Bars
    is_final: NDArray[np.bool_]


class Difference(Struct, frozen=True, eq=False):
    """Which of the bars to store are what."""

    bars: Bars
    """As they are to be stored: those given, with stored adjusted closes where they still hold."""
    new: NDArray[np.int64]
    """Places in ``bars``."""
    changed: NDArray[np.int64]
    unchanged: int


def compare(
    given: Bars, is_final: NDArray[np.bool_] | None, stored: Overlap | None, *, rows: int, is_adjusted: bool | None
) -> Difference:
    """Compare bars with the stored ones of the same span.

    rows, is_adjusted: how many bars the whole series has, and whether with adjusted closes (None: it has no bars).

    Raises:
        DataError: the series would have adjusted closes on some bars only.
    """
    if stored is None:
        known = np.zeros(len(given), np.bool_)
        place = np.zeros(len(given), np.int64)
    else:
        place = stored.bars.timestamp.searchsorted(given.timestamp)
        place[place == len(stored.bars)] = 0
        known = stored.bars.timestamp[place] == given.timestamp
    if is_adjusted is not None:
        given = _settle_adjusted_closes(given, stored, known, place, rows=rows, is_adjusted=is_adjusted)
    same = np.zeros(len(given), np.bool_)
    if stored is not None:
        same = known & alike(given, stored.bars, place)
        same &= stored.is_final[place] if is_final is None else stored.is_final[place] == is_final
    return Difference(
        bars=given,
        new=np.flatnonzero(~known),
        changed=np.flatnonzero(known & ~same),
        unchanged=int(np.count_nonzero(same)),
    )


def _settle_adjusted_closes(
    given: Bars,
    stored: Overlap | None,
    known: NDArray[np.bool_],
    place: NDArray[np.int64],
    *,
    rows: int,
    is_adjusted: bool,
) -> Bars:
    """Keep stored adjusted closes that still hold, and refuse a series that would have them on some bars only."""
    if is_adjusted == (given.adj_close is not None):
        return given
    kept = 0
    if stored is not None and stored.bars.adj_close is not None:
        # A bar without an adjusted close says nothing about it, so the stored one stays as long as its prices do.
        holds = known & _equal(given, stored.bars, place, _PRICES)
        kept = int(np.count_nonzero(holds))
        if kept == len(given):
            return replace(given, adj_close=stored.bars.adj_close[place])
    if kept == 0 and np.count_nonzero(known) == rows:
        return given  # the whole series changes from one kind to the other
    name = f"{given.symbol} {given.interval}"
    if is_adjusted:
        lacking = len(given) - kept
        raise DataError(
            f"{name} is stored with adjusted closes, but {lacking} of the rows to store "
            f"{'has' if lacking == 1 else 'have'} none; import a file that has them, or use another symbol."
        )
    raise DataError(
        f"{name} is stored without adjusted closes, but the rows to store have them and do not replace all that is "
        "stored; import a file that does, or one without them, or use another symbol."
    )


def keep_repaired(difference: Difference, stored: Overlap | None, repairs: Sequence[tuple[Bars, Bars]]) -> Difference:
    """Leave out what only repeats the bars that a repair replaced and nobody has changed since.

    repairs: those in force, as (before, after).
    """
    bars = difference.bars
    none = np.empty(0, np.int64)
    repeated = np.zeros(len(bars), np.bool_)
    for before, after in repairs:
        now = bars.take(none) if stored is None else stored.bars
        still = now.timestamp[_at(now, after)]  # the repaired bar is there,
        gone = np.setdiff1d(before.timestamp, after.timestamp)  # or the removed one is not
        in_force = np.union1d(still, np.setdiff1d(gone, now.timestamp))
        repeated |= _at(bars, before) & np.isin(bars.timestamp, in_force)
    new = difference.new[~repeated[difference.new]]
    changed = difference.changed[~repeated[difference.changed]]
    return Difference(bars, new, changed, len(bars) - len(new) - len(changed))


def _at(bars: Bars, others: Bars) -> NDArray[np.bool_]:
    """Say of each bar whether the others have it, alike, at its time; adjusted closes aside."""
    if not len(others):
        return np.zeros(len(bars), np.bool_)
    place = others.timestamp.searchsorted(bars.timestamp)
    place[place == len(others)] = 0
    return (others.timestamp[place] == bars.timestamp) & _equal(bars, others, place, (*_PRICES, "volume"))


def alike(given: Bars, others: Bars, place: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say of each bar given whether the one at a place of the others has the same prices, volume and adjusted close."""
    same = _equal(given, others, place, (*_PRICES, "volume"))
    return same & _same(_adjusted(given), _adjusted(others)[place])


def _equal(given: Bars, stored: Bars, place: NDArray[np.int64], names: tuple[str, ...]) -> NDArray[np.bool_]:
    equal = np.ones(len(given), np.bool_)
    for name in names:
        equal &= getattr(given, name) == getattr(stored, name)[place]
    return equal


def _adjusted(bars: Bars) -> Floats:
    return bars.adj_close if bars.adj_close is not None else np.full(len(bars), np.nan)


def _same(ours: Floats, theirs: Floats) -> NDArray[np.bool_]:
    return (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
