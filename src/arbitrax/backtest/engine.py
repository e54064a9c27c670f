"""Run one backtest: bars and a strategy in, a `Result` out. Pure: no clock, no store, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arbitrax.backtest.result import Result
from arbitrax.backtest.spec import RunSpec
from arbitrax.domain.bars import COLUMNS, Bars
from arbitrax.domain.dates import date_text
from arbitrax.domain.errors import DataError, RangeError, StrategyError
from arbitrax.kernels.ledger import ORDER_DTYPE, TRADE_DTYPE
from arbitrax.kernels.simulate import count_orders, simulate
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats

BASIS_POINT = 1e-4
SPLIT = 0.2
"""Log step of adj_close / close that no ordinary dividend makes."""


def run_backtest(
    spec: RunSpec,
    strategy: Strategy,
    raw: Bars,
    benchmark: Bars | None = None,
    data_notices: tuple[str, ...] = (),
) -> Result:
    """Run ``strategy`` over the bars, already cut to the range of the spec.

    raw: bars as stored; they are adjusted here when the spec asks for it. benchmark: bars to compare with, aligned
    by time; None compares with holding the run's own symbol. data_notices: what reading the bars had to say.

    Raises:
        RangeError: fewer bars than the strategy's warm-up and one fill need.
        StrategyError: the strategy raised, or returned something else than target weights.
    """
    bars = _read_only(raw.adjusted() if spec.prices == "adjusted" else raw)
    needed = _warmup(strategy) + 1
    if len(bars) < needed:
        raise RangeError(
            f"{strategy!r} needs at least {needed} bars (its warm-up and one to trade in), but {bars.symbol} has "
            f"{len(bars)} in this range; widen the dates or shorten the windows."
        )
    targets = _target_weights(strategy, bars)
    open_, high, low, close = (np.ascontiguousarray(column, dtype=np.float64)[:, None] for column in _ohlc(bars))
    count = count_orders(targets) + 1
    orders = np.zeros(count, ORDER_DTYPE)
    trades = np.zeros(count + 1, TRADE_DTYPE)
    equity = np.empty(len(bars))
    exposure = np.empty(len(bars))
    order_count, trade_count, bankrupt_bar = simulate(
        open_,
        high,
        low,
        close,
        targets,
        spec.cash,
        spec.commission_bps * BASIS_POINT,
        spec.slippage_bps * BASIS_POINT,
        equity,
        exposure,
        orders,
        trades,
    )
    return Result(
        spec=spec,
        bars=bars,
        data_hash=raw.content_hash(),
        equity_curve=equity,
        exposure_curve=exposure,
        benchmark_curve=_benchmark_equity(spec.cash, bars, benchmark, spec.prices == "adjusted"),
        order_records=orders[:order_count],
        trade_records=trades[:trade_count],
        bankrupt_bar=None if bankrupt_bar < 0 else bankrupt_bar,
        notices=data_notices + _notices(spec, raw, benchmark, bankrupt_bar),
    )


def _read_only(bars: Bars) -> Bars:
    """Return views that a strategy cannot write through."""
    columns = {}
    for name in COLUMNS:
        column = getattr(bars, name)
        if column is not None:
            columns[name] = column.view()
            columns[name].flags.writeable = False
    return msgspec.structs.replace(bars, **columns)


def _ohlc(bars: Bars) -> tuple[Floats, Floats, Floats, Floats]:
    return bars.open, bars.high, bars.low, bars.close


def _warmup(strategy: Strategy) -> int:
    """Return the warm-up, checked: users write this property."""
    bars = strategy.warmup
    if isinstance(bars, bool) or not isinstance(bars, int | np.integer) or bars < 0:
        raise StrategyError(
            f"{type(strategy).__name__}.warmup is {bars!r}; make it a property that returns a whole number of bars."
        )
    return int(bars)


def _target_weights(strategy: Strategy, bars: Bars) -> Floats:
    """Call the strategy and check what it returns; shape (bars, 1)."""
    name = type(strategy).__name__
    try:
        weights: Floats = np.asarray(strategy.signals(bars), dtype=np.float64)
    except (Exception, SystemExit) as error:  # a strategy must not end the program
        raise StrategyError(f"{name}.signals failed: {type(error).__name__}: {error}") from error
    if weights.shape != (len(bars),):
        raise StrategyError(
            f"{name}.signals returned shape {weights.shape} for {len(bars)} bars; return one target weight a bar."
        )
    outside = np.flatnonzero(np.abs(weights) > 1.0)  # NaN compares false: it keeps the last target
    if len(outside):
        raise StrategyError(
            f"{name}.signals asks for weight {weights[outside[0]]:g} at bar {outside[0]}; weights go from -1 (all "
            "short) to 1 (all long), because the account has no leverage."
        )
    return np.ascontiguousarray(weights)[:, None]


def _benchmark_equity(cash: float, bars: Bars, benchmark: Bars | None, adjusted: bool) -> Floats:
    """Return ``cash`` held in the benchmark from the first close, marked at each bar's time; no costs."""
    if benchmark is None:
        return cash * (bars.close / bars.close[0])
    if benchmark.interval != bars.interval:
        # A day's close stands under the day's start: beside hourly bars it would be known hours too early.
        raise DataError(
            f"The benchmark {benchmark.symbol} has {benchmark.interval} bars and {bars.symbol} {bars.interval} bars; "
            "give a benchmark of the same interval."
        )
    compared = benchmark.adjusted() if adjusted else benchmark
    # The last benchmark close known at each bar; later ones would be the future.
    at = compared.timestamp.searchsorted(bars.timestamp, side="right") - 1
    if at[0] < 0:
        raise DataError(
            f"The benchmark {benchmark.symbol} starts after the first bar of {bars.symbol}; choose another benchmark "
            "or a later start."
        )
    close = compared.close[at]
    return cash * (close / close[0])


def _notices(spec: RunSpec, raw: Bars, benchmark: Bars | None, bankrupt_bar: int) -> tuple[str, ...]:
    found = []
    if spec.prices == "adjusted" and raw.adj_close is None and raw.basis == "raw":
        found.append(f"{raw.symbol} has no adjusted close, so prices are used as given; splits may look like crashes.")
    if spec.prices == "raw" and raw.adj_close is not None:
        factor = raw.adj_close / raw.close
        steps = np.flatnonzero(np.abs(np.log(factor[1:] / factor[:-1])) > SPLIT) + 1
        if len(steps):
            days = ", ".join(date_text(int(raw.timestamp[at])) for at in steps[:3])
            found.append(f"Prices are raw and {raw.symbol} was split (as on {days}); its falls there are no losses.")
    if spec.commission_bps == 0 and spec.slippage_bps == 0:
        found.append("Costs are zero; live trading will do worse.")
    if benchmark is not None and benchmark.timestamp[-1] < raw.timestamp[-1]:
        last = date_text(int(benchmark.timestamp[-1]))
        found.append(f"The benchmark {benchmark.symbol} ends on {last}; after that its last close is kept.")
    if bankrupt_bar >= 0:
        found.append(f"The account went bankrupt at bar {bankrupt_bar}; everything was closed and the run stopped.")
    return tuple(found)
