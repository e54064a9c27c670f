"""The adjusted close of series whose vendor gives none, derived from corporate actions while they are read.

One rule: a vendor's adjusted close is used where the stored bars have it; else, where actions of the symbol are known,
they make it; else prices stay as they are. Nothing derived is stored.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.intervals import DAY, is_intraday

if TYPE_CHECKING:
    from arbitrax.market_data.adjustment import AdjustmentMode
    from arbitrax.market_data.calendars import Calendar
    from arbitrax.services.ports import ActionStore

KnownActions = Callable[[str], tuple[Sequence[CorporateAction], int]]
"""From a symbol to its actions and when the newest was received, ns UTC, 0 for none."""


class Adjuster:
    """Puts adjusted closes beside raw bars that have none, and remembers of whom, with what and as of when."""

    def __init__(self, known: KnownActions, *, exchange: str | None = None) -> None:
        """Take where actions are known, and the exchange whose sessions intraday bars belong to."""
        self.as_of: dict[str, int] = {}
        """By symbol whose actions were asked for."""
        self._known = known
        self._exchange = exchange
        self._done: dict[str, list[CorporateAction]] = {}
        self._doubts: list[str] = []
        self._dividends = True

    def __call__(self, bars: Bars) -> Bars:
        """Return the bars with an adjusted close, where the rule asks for one.

        Raises:
            DataError: a dividend is not below the close before it.
            RangeError: bars lie outside the dates the exchange's calendar knows.
        """
        from arbitrax.market_data.adjustment import can_be_adjusted

        if bars.adj_close is not None or bars.basis != "raw" or not can_be_adjusted(bars.interval):
            return bars
        made = self.series(bars, "split+dividend")
        return bars if made is bars else replace(bars, adj_close=made.close)

    def series(self, bars: Bars, mode: "AdjustmentMode") -> Bars:
        """Return raw bars adjusted by what is known, whatever their vendor says; as they are if nothing is.

        Raises:
            InputError: the bars are longer than a day.
            DataError, RangeError: as for a call.
        """
        from arbitrax.market_data.adjustment import adjusted_series, session_dates
        from arbitrax.market_data.corporate_actions import check_actions

        if not len(bars):
            return bars
        known, self.as_of[bars.symbol] = self._known(bars.symbol)
        actions = [each for each in known if each.symbol == bars.symbol]
        if all(each.kind == "spin_off" for each in actions):
            return bars
        exchange = self._calendar(bars)
        dates = session_dates(bars.timestamp, bars.interval, exchange)
        first, last = int(dates[0]), int(dates[-1])
        self._done[bars.symbol] = [each for each in actions if first < each.ex_date <= last]
        self._dividends = mode == "split+dividend"
        self._doubts += check_actions(bars, actions, session_date=dates)
        return adjusted_series(bars, actions, mode, exchange=exchange)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Those whose adjusted close was derived."""
        return tuple(self._done)

    @property
    def notices(self) -> tuple[str, ...]:
        """What was derived, and what speaks against it."""
        if not self._done:
            return ()
        applied = [each for some in self._done.values() for each in some]
        splits = sum(each.share_factor != 1.0 for each in applied)
        dividends = sum(each.amount is not None for each in applied)
        paid = f"{_count(dividends, 'dividend')} as known" if self._dividends else "as known, not for dividends"
        said = f"{_count(splits, 'split')}{' and ' if self._dividends else ' '}{paid}"
        found = [f"The prices of {_names(list(self._done))} were adjusted for {said}."]
        currencies = sorted({each.currency for each in applied if each.currency is not None})
        if len(currencies) > 1:
            found.append(
                f"The dividends are in {_names(currencies)}, and were taken as in the currency of the prices; convert "
                "their amounts."
            )
        spun = sorted({each.symbol for each in applied if each.kind == "spin_off"})
        if spun:
            found.append(f"Prices are not adjusted for the spin-offs of {_names(spun)}, whose value is not known.")
        return (*found, *self._doubts)

    def _calendar(self, bars: Bars) -> "Calendar | None":
        if self._exchange is None or not is_intraday(bars.interval):
            return None
        from arbitrax.market_data.calendars import calendar

        return calendar(self._exchange, start=int(bars.timestamp[0]) - DAY, end=int(bars.timestamp[-1]) + DAY)


def adjuster_of(
    actions: "ActionStore", *, exchange: str | None, as_of: Mapping[str, int | None] | None = None
) -> Adjuster:
    """Return an adjuster by stored actions: those of now, or by symbol as known at a time; None: they did not count."""

    def known(symbol: str) -> tuple[Sequence[CorporateAction], int]:
        if as_of is None:
            stored = actions.load(symbol)
        elif (time := as_of.get(symbol)) is None:
            return (), 0
        else:
            stored = actions.load(symbol, as_of=time)
        return stored.actions, stored.as_of

    return Adjuster(known, exchange=exchange)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _names(names: Sequence[str]) -> str:
    """Return ``A, B and C``, or the first three and how many more."""
    if len(names) > 3:
        return f"{', '.join(names[:3])} and {len(names) - 3:,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
