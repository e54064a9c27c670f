"""The stored bars of many symbols as one panel."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from arbitrax.domain.bars import Bars
from arbitrax.domain.panel import Panel
from arbitrax.services.backtests import load_or_resample
from arbitrax.services.ports import BarStore


class StoredPanel(Struct, frozen=True):
    """A panel of stored bars; ``as_of`` by symbol, as `StoredSeries` has it."""

    panel: Panel
    as_of: tuple[int, ...]
    notices: tuple[str, ...]


def load_panel(bars: BarStore, symbols: Sequence[str], interval: str, *, adjusted: bool) -> StoredPanel:
    """Return the stored bars of symbols on the union of their times, read one after another and not kept twice.

    A symbol without bars of this interval gives those made of finer ones, as `load_or_resample` does.

    Raises:
        UnknownNameError: nothing is stored under a symbol, or nothing that divides the interval.
        InputError: a symbol twice.
    """
    as_of: list[int] = []
    notices: dict[str, None] = {}

    def series() -> Iterator[Bars]:
        for symbol, found in zip(symbols, bars.load_many(symbols, interval), strict=True):
            stored = found or load_or_resample(bars, symbol, interval, adjusted=adjusted)
            as_of.append(stored.as_of)
            notices.update(dict.fromkeys(stored.notices))
            yield stored.bars

    panel = Panel.from_bars(series(), symbols=len(symbols))
    return StoredPanel(panel, tuple(as_of), tuple(notices))
