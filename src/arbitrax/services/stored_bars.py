"""Stored bars: one series, or many symbols as one panel; from finer bars where an interval is not stored itself."""

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat

from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import UnknownNameError, did_you_mean
from arbitrax.domain.intervals import nanoseconds
from arbitrax.domain.panel import Panel
from arbitrax.services.ports import BarStore, StoredSeries

Adjust = Callable[[Bars], Bars]
"""Puts an adjusted close beside raw bars that have none, where one can be derived."""


SHORT = 1000
"""Bars that are read from the database faster than a whole series is put into the cache on disk."""


class StoredPanel(Struct, frozen=True):
    """A panel of stored bars; ``as_of`` by symbol, as `StoredSeries` has it."""

    panel: Panel
    as_of: tuple[int, ...]
    notices: tuple[str, ...]


def load_series(bars: BarStore, symbol: str, interval: str, as_of: int | None = None) -> StoredSeries:
    """Return a stored series; as known at ``as_of``, then past the cache.

    Raises:
        UnknownNameError: nothing is stored under this symbol and interval.
    """
    stored = bars.load(symbol, interval, as_of=as_of, cached=as_of is None)
    if stored is not None:
        return stored
    catalogue = bars.catalogue()
    intervals = sorted(each.interval for each in catalogue if each.symbol == symbol)
    if intervals:
        raise UnknownNameError(f"{symbol} has no {interval} bars; stored are {', '.join(intervals)}.")
    symbols = list(dict.fromkeys(each.symbol for each in catalogue))
    listed = (
        f"stored are {', '.join(symbols[:8])}{', ...' if len(symbols) > 8 else ''}" if symbols else "nothing is stored"
    )
    raise UnknownNameError(
        f"No bars are stored for '{symbol}'{did_you_mean(symbol, symbols)} ({listed}; add some with `arbitrax data "
        "import FILE`, or --samples)."
    )


def load_part(bars: BarStore, symbol: str, interval: str, start: int | None, end: int | None) -> StoredSeries:
    """Return the bars of a stored series with ``start <= timestamp < end`` (ns UTC; None leaves that side open).

    Raises:
        UnknownNameError: nothing is stored under this symbol and interval.
    """
    length = nanoseconds(interval)
    if start is not None and end is not None and length and end - start <= SHORT * length:
        part = bars.load_range(symbol, interval, start, end)
        if part is not None:
            return part
    stored = load_series(bars, symbol, interval)
    return replace(stored, bars=stored.bars.between(start, end))


def load_or_resample(
    bars: BarStore, symbol: str, interval: str, *, adjust: Adjust | None, as_of: int | None = None
) -> StoredSeries:
    """Return a stored series, or the bars of this interval made of the longest stored ones that divide it.

    adjust: None leaves prices raw. Finer bars are adjusted before they are joined, because a coarse bar with a split in
    it cannot be; a series that is stored itself stays raw, with an adjusted close where one can be had.

    Raises:
        UnknownNameError: neither the interval nor one that divides it is stored under this symbol.
    """
    try:
        stored_itself = load_series(bars, symbol, interval, as_of)
        return stored_itself if adjust is None else replace(stored_itself, bars=adjust(stored_itself.bars))
    except UnknownNameError:
        from arbitrax.market_data.resample import resample, why_not

        stored = {each.interval for each in bars.catalogue() if each.symbol == symbol}
        fits = [each for each in stored if why_not(each, interval) is None]
        for finer in sorted(fits, key=lambda each: (-nanoseconds(each), each)):
            found = bars.load(symbol, finer, as_of=as_of, cached=as_of is None)
            if found is not None:
                made = resample(found.bars, interval) if adjust is None else _adjusted(found.bars, interval, adjust)
                return StoredSeries(made, found.as_of, (f"{symbol}: {interval} bars were made of {finer} bars.",))
        raise


def _adjusted(bars: Bars, interval: str, adjust: Adjust) -> Bars:
    """Return coarser bars of adjusted ones; raw with an equal adjusted close where a vendor did not make that.

    So symbols without splits and dividends, of which nothing is known, fit beside them in a panel.
    """
    from arbitrax.market_data.resample import resample

    made = resample(adjust(bars).adjusted(), interval)
    derived = made.basis == "adjusted" and bars.adj_close is None
    return replace(made, adj_close=made.close, basis="raw") if derived else made


def load_panel(
    bars: BarStore, symbols: Sequence[str], interval: str, *, adjust: Adjust | None, as_of: Sequence[int] | None = None
) -> StoredPanel:
    """Return the stored bars of symbols on the union of their times, read one after another and not kept twice.

    as_of: by symbol; read them as they were known then. A symbol without bars of this interval gives those made of
    finer ones, as `load_or_resample` does.

    Raises:
        UnknownNameError: nothing is stored under a symbol, or nothing that divides the interval.
        InputError: a symbol twice.
    """
    newest: list[int] = []
    notices: dict[str, None] = {}

    def series() -> Iterator[Bars]:
        current = bars.load_many(symbols, interval) if as_of is None else repeat(None)
        for place, (symbol, found) in enumerate(zip(symbols, current, strict=False)):
            known = None if as_of is None else as_of[place]
            stored = found or load_or_resample(bars, symbol, interval, adjust=adjust, as_of=known)
            newest.append(stored.as_of)
            notices.update(dict.fromkeys(stored.notices))
            yield stored.bars if found is None or adjust is None else adjust(stored.bars)

    panel = Panel.from_bars(series(), symbols=len(symbols))
    return StoredPanel(panel, tuple(newest), tuple(notices))
