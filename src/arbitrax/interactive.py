"""The Python API: what ``import arbitrax as ax`` offers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.result import Result
from arbitrax.backtest.spec import RunSpec
from arbitrax.backtest.specify import cut_to_range, strategy_ref
from arbitrax.domain.bars import Bars, PriceBasis
from arbitrax.domain.errors import InputError
from arbitrax.market_data.checks import check_bars
from arbitrax.market_data.files import looks_like_file, read_file
from arbitrax.market_data.series import Series
from arbitrax.strategies.registry import describe
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    Data = str | Path | Bars | pd.DataFrame | pl.DataFrame


def backtest(
    strategy: Strategy | type[Strategy],
    data: "Data",
    *,
    start: str | None = None,
    end: str | None = None,
    cash: float = 100_000.0,
    commission_bps: float = 10.0,
    slippage_bps: float = 0.0,
    prices: PriceBasis = "adjusted",
    benchmark: "Data | None" = None,
    risk_free: float = 0.0,
    symbol: str | None = None,
    interval: str | None = None,
    timezone: str | None = None,
) -> Result:
    """Run a strategy over one symbol's bars.

    Args:
        strategy: an instance, or a class to run with its defaults.
        data: a stored symbol ("AAPL"), the path of a CSV or Parquet file, a pandas or polars frame, or `Bars`. Only
            a stored symbol needs the database, which starts by itself.
        start, end: ISO dates, both inclusive.
        cash: at the start, in quote currency.
        commission_bps, slippage_bps: basis points of each fill's value.
        prices: "adjusted" scales prices by the adjusted close where there is one; "raw" takes them as traded.
        benchmark: what to compare with, given like ``data``; None is buying and holding the same symbol.
        risk_free: yearly rate.
        symbol, interval, timezone: of a file or frame, where it does not say itself.

    Raises:
        ArbitraxError: one of its kinds, with a sentence that says what to do (see `arbitrax.domain.errors`).
    """
    instance = _instance(strategy)
    adjusted = prices == "adjusted"
    series = _series(data, symbol=symbol, interval=interval, timezone=timezone, adjusted=adjusted)
    bars = series.bars
    compared = None if benchmark is None else _benchmark(benchmark, bars.interval, timezone, adjusted=adjusted)
    spec = RunSpec(
        strategy=strategy_ref(instance, describe(type(instance))),
        symbols=(bars.symbol,),
        interval=bars.interval,
        start=start,
        end=end,
        cash=cash,
        commission_bps=commission_bps,
        slippage_bps=slippage_bps,
        prices=prices,
        benchmark=None if compared is None else compared.symbol,
        risk_free=risk_free,
    )
    return run_backtest(spec, instance, cut_to_range(bars, spec), compared, series.notices)


def _instance(strategy: object) -> Strategy:
    if isinstance(strategy, type) and issubclass(strategy, Strategy):
        return strategy()
    if isinstance(strategy, Strategy):
        return strategy
    raise InputError(
        f"backtest() takes a strategy such as SmaCross(fast=10, slow=30), not {type(strategy).__name__}; "
        "subclass arbitrax.Strategy."
    )


def _benchmark(data: Any, interval: str, timezone: str | None, *, adjusted: bool) -> Bars:
    # Only a stored symbol takes the run's interval; what a file or frame holds is what it holds.
    stored = isinstance(data, str) and not looks_like_file(data)
    wanted = interval if stored else None
    bars = _series(data, symbol=None, interval=wanted, timezone=timezone, adjusted=adjusted).bars
    return replace(bars, symbol="BENCHMARK") if bars.symbol == "FRAME" else bars


def _series(data: Any, *, symbol: str | None, interval: str | None, timezone: str | None, adjusted: bool) -> Series:
    if isinstance(data, Bars):
        return Series(check_bars(data), rows_read=len(data))
    if isinstance(data, Path) or (isinstance(data, str) and looks_like_file(data)):
        series = read_file(Path(data), symbol=symbol, interval=interval, timezone=timezone)
        if len(series) != 1:
            names = ", ".join(each.bars.symbol for each in series)
            raise InputError(f"{data} holds {len(series)} symbols ({names}); name one with symbol=.")
        return series[0]
    if isinstance(data, str):
        from arbitrax.bootstrap import open_store
        from arbitrax.services.backtests import load_or_resample
        from arbitrax.settings import read_settings

        with open_store(read_settings()) as store:
            stored = load_or_resample(store.bars, data, interval or "1d", adjusted=adjusted)
        return Series(stored.bars, rows_read=len(stored.bars), notices=stored.notices)
    from arbitrax.market_data.frames import read_frame

    return read_frame(data, symbol=symbol, interval=interval, timezone=timezone)
