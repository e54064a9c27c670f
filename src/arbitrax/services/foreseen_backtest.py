"""What can be told of a backtest before it runs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from arbitrax.domain.dates import end_of_day, start_of_day, to_datetime, to_nanoseconds
from arbitrax.domain.errors import RangeError, within
from arbitrax.services.asked_series import check_number, check_series
from arbitrax.strategies.registry import find_registered

if TYPE_CHECKING:
    from arbitrax.backtest.spec import RunSpec
    from arbitrax.services.ports import BarStore


class Foreseen(Struct, frozen=True):
    """What a backtest would run on."""

    warmup: int
    """Bars before the first decision."""
    bars: int | None
    """Of the shortest of its series, within the range; None: they are made of finer ones."""
    first: datetime | None
    last: datetime | None


def foresee(bars: BarStore, spec: RunSpec) -> Foreseen:
    """See whether a backtest could run, and on how many bars.

    Raises:
        UnknownNameError: no strategy is registered under this name, or nothing is stored of a symbol.
        ParameterError: a parameter the strategy does not have, or out of its bounds.
        InputError: the strategy does not take so many symbols.
        RangeError: no bar of a symbol lies in the range, or fewer than the warm-up needs.
    """
    with within("strategy"):
        kind = find_registered(spec.strategy.name)
    with within("parameters"):
        strategy = kind(**spec.strategy.parameters)
    check_number(spec, kind)
    check_series(bars, spec)
    begin = None if spec.start is None else start_of_day(spec.start)
    end = None if spec.end is None else end_of_day(spec.end)
    found: list[tuple[int, int, int]] = []
    known = {(each.symbol, each.interval): each for each in bars.catalogue()}
    for symbol in spec.symbols:
        info = known.get((symbol, spec.interval))
        if info is None:
            return Foreseen(strategy.warmup, None, None, None)
        if begin is None and end is None:
            found.append((info.rows, to_nanoseconds(info.first), to_nanoseconds(info.last)))
            continue
        stored = bars.load(symbol, spec.interval, as_of=None, cached=True)
        if stored is None:
            return Foreseen(strategy.warmup, None, None, None)
        times = stored.bars.timestamp
        low = 0 if begin is None else int(times.searchsorted(begin))
        high = len(times) if end is None else int(times.searchsorted(end))
        if low >= high:
            raise RangeError(f"No bar of {symbol} lies in this range; widen it.").at("start")
        found.append((high - low, int(times[low]), int(times[high - 1])))
    rows, first, last = min(found)
    if rows < strategy.warmup + 1:
        raise RangeError(
            f"The strategy needs {strategy.warmup + 1} bars (its warm-up and one to trade in), but the range has "
            f"{rows}; widen the dates or shorten its windows."
        ).at("start")
    return Foreseen(strategy.warmup, rows, to_datetime(first), to_datetime(last))
