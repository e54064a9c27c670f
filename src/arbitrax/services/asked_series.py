"""Whether what a backtest asks for is there to be had, seen before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arbitrax.domain.dates import date_text, end_of_day, start_of_day, to_nanoseconds
from arbitrax.domain.errors import InputError, RangeError, UnknownNameError, did_you_mean, within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arbitrax.backtest.spec import RunSpec
    from arbitrax.services.ports import BarStore, SeriesInfo
    from arbitrax.strategies.strategy import Strategy


def check_number(spec: RunSpec, strategy: type[Strategy]) -> None:
    """See whether a strategy takes as many symbols as a spec has.

    Raises:
        InputError: it takes more or fewer.
    """
    least, most = strategy.least_symbols, strategy.most_symbols
    if not least <= len(spec.symbols) <= (most or len(spec.symbols)):
        takes = f"{least}" if most == least else f"at least {least}" if most is None else f"{least} to {most}"
        raise InputError(f"{spec.strategy.name} takes {takes} symbols, not {len(spec.symbols)}.").at("symbols")


def check_series(bars: BarStore, spec: RunSpec) -> None:
    """See whether bars are stored of every symbol of a spec, at its interval or one that makes it, in its range.

    Raises:
        UnknownNameError: of a symbol or an interval there is nothing, or no such exchange.
        RangeError: all bars of a symbol lie before the start or after the end.
    """
    if spec.calendar is not None:
        from arbitrax.market_data.calendars import exchange_named

        with within("calendar"):
            exchange_named(spec.calendar)
    stored: dict[str, list[SeriesInfo]] = {}
    for each in bars.catalogue():
        stored.setdefault(each.symbol, []).append(each)
    for place, symbol in enumerate(spec.symbols):
        with within("symbols", place):
            series = _series(stored, symbol)
        _require_range(_makers(series, symbol, spec.interval, "interval"), symbol, spec)
        if spec.finer is not None:
            _makers(series, symbol, spec.finer, "finer")
    if spec.benchmark is not None:
        with within("benchmark"):
            series = _series(stored, spec.benchmark)
        _makers(series, spec.benchmark, spec.interval, "benchmark")


def _series(stored: dict[str, list[SeriesInfo]], symbol: str) -> list[SeriesInfo]:
    found = stored.get(symbol)
    if found is None:
        hint = did_you_mean(symbol, stored) or "; the list of instruments shows what is."
        raise UnknownNameError(f"No bars are stored for '{symbol}'{hint}")
    return found


def _makers(series: Sequence[SeriesInfo], symbol: str, interval: str, field: str) -> list[SeriesInfo]:
    """Return the series of an interval, or those that it can be made of."""
    from arbitrax.market_data.resample import why_not

    found = [each for each in series if each.interval == interval]
    found = found or [each for each in series if why_not(each.interval, interval) is None]
    if not found:
        listed = ", ".join(sorted(each.interval for each in series))
        raise UnknownNameError(
            f"{symbol} has no {interval} bars, nor finer ones to make them of; stored are {listed}."
        ).at(field)
    return found


def _require_range(series: Sequence[SeriesInfo], symbol: str, spec: RunSpec) -> None:
    first = min(to_nanoseconds(each.first) for each in series)
    last = max(to_nanoseconds(each.last) for each in series)
    held = f"bars of {symbol} are stored from {date_text(first)} to {date_text(last)}."
    if spec.start is not None and start_of_day(spec.start) > last:
        raise RangeError(f"The start date {spec.start} lies after the last bar: {held}").at("start")
    if spec.end is not None and end_of_day(spec.end) <= first:
        raise RangeError(f"The end date {spec.end} lies before the first bar: {held}").at("end")
