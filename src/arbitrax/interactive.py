"""The Python API: what ``import arbitrax as ax`` offers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeGuard

from msgspec.structs import replace

from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.models import Account, Costs, Instrument
from arbitrax.backtest.result import Result
from arbitrax.backtest.spec import RunSpec
from arbitrax.backtest.specify import cut_data, strategy_ref
from arbitrax.domain.bars import Bars, PriceBasis
from arbitrax.domain.errors import InputError, UnknownNameError, did_you_mean
from arbitrax.domain.panel import Panel
from arbitrax.market_data.checks import bars_notices, check_bars
from arbitrax.market_data.files import looks_like_file, read_file
from arbitrax.market_data.series import Series
from arbitrax.strategies.registry import describe
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from arbitrax.backtest.comparison import Comparison
    from arbitrax.domain.corporate_actions import CorporateAction

    One = str | Path | Bars | pd.DataFrame | pl.DataFrame
    Data = One | Panel | Sequence[One]


def backtest(
    strategy: Strategy | type[Strategy],
    data: "Data",
    *,
    start: str | None = None,
    end: str | None = None,
    cash: float = 100_000.0,
    commission_bps: float = 10.0,
    slippage_bps: float = 0.0,
    costs: Costs | None = None,
    account: Account | None = None,
    instruments: Mapping[str, Instrument] | None = None,
    fill: Literal["next_open", "same_close"] = "next_open",
    prices: PriceBasis = "adjusted",
    calendar: str | None = None,
    benchmark: "One | None" = None,
    risk_free: float = 0.0,
    symbol: str | None = None,
    interval: str | None = None,
    timezone: str | None = None,
    actions: "Sequence[CorporateAction] | str | Path | None" = None,
    finer: "str | One | Panel | Sequence[One] | None" = None,
    jit: bool = False,
) -> Result:
    """Run a strategy over the bars of one symbol, or of several on one account.

    Args:
        strategy: an instance, or a class to run with its defaults.
        data: a stored symbol ("AAPL"), the path of a CSV, Parquet or Arrow file, a pandas or polars frame, or `Bars`;
            a list of these, or a `Panel`, for several symbols. Only stored symbols need the database, which
            starts by itself.
        start, end: ISO dates, both inclusive.
        cash: at the start, in quote currency.
        commission_bps, slippage_bps: basis points of each fill's value.
        costs, account, instruments: other costs, margin and rates, ticks and lots by symbol ("*" for all).
        fill: "next_open", or "same_close" for market orders that fill at the close that decided them.
        prices: "adjusted" scales prices by the adjusted close where there is one, or by the one that stored or given
            actions make; "raw" takes them as traded.
        calendar: exchange whose sessions count, such as "XNYS"; None judges sessions from the data.
        benchmark: what to compare with, given like ``data``; None is buying and holding the same symbol.
        risk_free: yearly rate.
        symbol, interval, timezone: of a file or frame, where it does not say itself.
        actions: splits and dividends, or the CSV file that lists them; applied to positions with ``prices="raw"``.
            None takes those stored for stored symbols.
        finer: bars of a shorter interval, given like ``data``, or that interval ("1m") of stored symbols; where one bar
            reaches a stop and a target they tell which came first. None: the worse counts.
        jit: compile the strategy's `on_bar` (needs ``pip install 'arbitrax[jit]'``; the first run waits for it).

    Raises:
        ArbitraxError: one of its kinds, with a sentence that says what to do (see `arbitrax.domain.errors`).
    """
    instance = _instance(strategy)
    adjusted = prices == "adjusted"
    notices: tuple[str, ...] = ()
    traded: list[Bars] | Panel
    if isinstance(data, Panel):
        traded, symbols, length = data, data.symbols, data.interval
    elif _all_stored(data):
        panel, notices = _stored_panel(data, interval or "1d", adjusted=adjusted, exchange=calendar)
        traded, symbols, length = panel, panel.symbols, panel.interval
    else:
        given = data if isinstance(data, Sequence) and not isinstance(data, str) else [data]
        series = [
            each
            for one in given
            for each in _all_series(
                one, symbol, interval, timezone, many=len(given) > 1, adjusted=adjusted, exchange=calendar
            )
        ]
        traded = [each.bars for each in series]
        notices = tuple(text for each in series for text in each.notices)
        if not traded:
            raise InputError("backtest() was given an empty list; give the bars of at least one symbol.")
        symbols, length = tuple(each.symbol for each in traded), traded[0].interval
    compared = (
        None if benchmark is None else _benchmark(benchmark, length, timezone, adjusted=adjusted, exchange=calendar)
    )
    told = None if finer is None else _finer(finer, data, symbols, timezone)
    spec = RunSpec(
        strategy=strategy_ref(instance, describe(type(instance))),
        symbols=symbols,
        interval=length,
        start=start,
        end=end,
        cash=cash,
        commission_bps=commission_bps,
        slippage_bps=slippage_bps,
        costs=Costs() if costs is None else costs,
        account=Account() if account is None else account,
        instruments=dict(instruments) if isinstance(instruments, Mapping) else instruments or {},
        fill=fill,
        prices=prices,
        calendar=calendar,
        finer=None if told is None else told[0],
        benchmark=None if compared is None else compared.symbol,
        risk_free=risk_free,
    )
    known = _actions(actions, data, symbols, adjusted=adjusted)
    if adjusted and known and isinstance(traded, list):
        from arbitrax.services.adjusted_bars import Adjuster

        adjuster = Adjuster(lambda _symbol: (known, 0), exchange=calendar)
        traded = [adjuster(each) for each in traded]
        notices += adjuster.notices
        known = tuple(each for each in known if each.symbol not in adjuster.symbols)
    return run_backtest(
        spec, instance, cut_data(traded, spec), compared, notices, actions=known, finer=told and told[1], jit=jit
    )


def compare(*results: Result, names: Sequence[str] | None = None) -> "Comparison":
    """Put two to eight results side by side: what they were told differently, metrics and curves.

    ``comparison.settings``, ``.metrics`` and ``.curves`` are pandas frames, ``.report("compare.html")`` a page.

    Args:
        results: of `backtest`; differences are those to the first.
        names: what to call them; else each is called by what differs.

    Raises:
        InputError: fewer than two results or more than eight, or names that repeat.
    """
    from arbitrax.backtest.comparison import Comparison

    return Comparison(results, names)


def sample_bars(symbol: str) -> Bars:
    """Return bundled real daily bars, such as those of "AAPL"; no database is needed.

    Raises:
        UnknownNameError: no such symbol is bundled.
    """
    from arbitrax.samples import SYMBOLS, sample_paths

    if symbol not in SYMBOLS:
        raise UnknownNameError(
            f"'{symbol}' is not bundled{did_you_mean(symbol, SYMBOLS)} (there are: {', '.join(SYMBOLS)})."
        )
    return read_file(sample_paths()[SYMBOLS.index(symbol)])[0].bars


def _finer(given: Any, data: "Data", symbols: tuple[str, ...], timezone: str | None) -> tuple[str, list[Bars] | Panel]:
    """Return the interval of finer bars, and the bars."""
    if isinstance(given, Panel):
        return given.interval, given
    if isinstance(given, str) and _is_stored(data) and not looks_like_file(given):
        return given, _stored_panel(symbols, given, adjusted=False)[0]
    one = isinstance(given, str) or not isinstance(given, Sequence)
    series = [
        each.bars
        for part in ([given] if one else given)
        for each in _all_series(part, None, None, timezone, many=not one, adjusted=False)
    ]
    if len(series) == 1 == len(symbols):
        series = [replace(series[0], symbol=symbols[0])]  # a frame has no name of its own
    return series[0].interval, series


def _actions(given: Any, data: "Data", symbols: tuple[str, ...], *, adjusted: bool) -> "tuple[CorporateAction, ...]":
    if isinstance(given, str | Path):
        from arbitrax.market_data.corporate_action_files import read_actions

        return read_actions(Path(given), symbol=symbols[0] if len(symbols) == 1 else None).actions
    if given is not None:
        from arbitrax.domain.corporate_actions import CorporateAction

        one = given if isinstance(given, Sequence) else [given]
        for each in one:
            if not isinstance(each, CorporateAction):
                raise InputError(f"actions takes a list of ax.CorporateAction or a CSV file, not {each!r}.")
        return tuple(one)
    if adjusted or not _is_stored(data):
        return ()
    from arbitrax.bootstrap import open_store
    from arbitrax.settings import read_settings

    with open_store(read_settings()) as store:
        return tuple(action for symbol in symbols for action in store.actions.load(symbol).actions)


def _instance(strategy: object) -> Strategy:
    if isinstance(strategy, type) and issubclass(strategy, Strategy):
        return strategy()
    if isinstance(strategy, Strategy):
        return strategy
    raise InputError(
        f"backtest() takes a strategy such as SmaCross(fast=10, slow=30), not {type(strategy).__name__}; "
        "subclass arbitrax.Strategy."
    )


def _is_stored(data: "Data") -> bool:
    """Tell whether all that is traded is given by the names of stored symbols."""
    return (isinstance(data, str) and not looks_like_file(data)) or _all_stored(data)


def _all_stored(data: "Data") -> "TypeGuard[Sequence[str]]":
    """Tell whether several stored symbols are given by name."""
    return (
        isinstance(data, Sequence)
        and not isinstance(data, str)
        and len(data) > 1
        and all(isinstance(one, str) and not looks_like_file(one) for one in data)
    )


def _stored_panel(
    symbols: Sequence[str], interval: str, *, adjusted: bool, exchange: str | None = None
) -> tuple[Panel, tuple[str, ...]]:
    from arbitrax.bootstrap import open_store
    from arbitrax.services.adjusted_bars import adjuster_of
    from arbitrax.services.stored_bars import load_panel
    from arbitrax.settings import read_settings

    with open_store(read_settings()) as store:
        adjust = adjuster_of(store.actions, exchange=exchange) if adjusted else None
        stored = load_panel(store.bars, symbols, interval, adjust=adjust)
    return stored.panel, stored.notices if adjust is None else (*stored.notices, *adjust.notices)


def _all_series(
    data: Any,
    symbol: str | None,
    interval: str | None,
    timezone: str | None,
    *,
    many: bool,
    adjusted: bool,
    exchange: str | None = None,
) -> list[Series]:
    """Return the series of one thing given; a file among several may hold several symbols too."""
    if many and (isinstance(data, Path) or (isinstance(data, str) and looks_like_file(data))):
        return list(read_file(Path(data), interval=interval, timezone=timezone))
    own = None if many else symbol
    return [_series(data, symbol=own, interval=interval, timezone=timezone, adjusted=adjusted, exchange=exchange)]


def _benchmark(data: Any, interval: str, timezone: str | None, *, adjusted: bool, exchange: str | None) -> Bars:
    # Only a stored symbol takes the run's interval; what a file or frame holds is what it holds.
    stored = isinstance(data, str) and not looks_like_file(data)
    wanted = interval if stored else None
    bars = _series(data, symbol=None, interval=wanted, timezone=timezone, adjusted=adjusted, exchange=exchange).bars
    return replace(bars, symbol="BENCHMARK") if bars.symbol == "FRAME" else bars


def _series(
    data: Any,
    *,
    symbol: str | None,
    interval: str | None,
    timezone: str | None,
    adjusted: bool,
    exchange: str | None,
) -> Series:
    if isinstance(data, Bars):
        checked = check_bars(data)
        return Series(checked, rows_read=len(data), notices=bars_notices(checked))
    if isinstance(data, Path) or (isinstance(data, str) and looks_like_file(data)):
        series = read_file(Path(data), symbol=symbol, interval=interval, timezone=timezone)
        if len(series) != 1:
            names = ", ".join(each.bars.symbol for each in series)
            raise InputError(f"{data} holds {len(series)} symbols ({names}); name one with symbol=.")
        return series[0]
    if isinstance(data, str):
        from arbitrax.bootstrap import open_store
        from arbitrax.services.adjusted_bars import adjuster_of
        from arbitrax.services.stored_bars import load_or_resample
        from arbitrax.settings import read_settings

        with open_store(read_settings()) as store:
            adjust = adjuster_of(store.actions, exchange=exchange) if adjusted else None
            stored = load_or_resample(store.bars, data, interval or "1d", adjust=adjust)
        told = stored.notices if adjust is None else (*stored.notices, *adjust.notices)
        return Series(stored.bars, rows_read=len(stored.bars), notices=told)
    from arbitrax.market_data.frames import read_frame

    return read_frame(data, symbol=symbol, interval=interval, timezone=timezone)
