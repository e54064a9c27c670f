"""Run one backtest: bars and a strategy in, a `Result` out. Pure: no clock, no store, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from arbitrax.backtest.actions import action_records, in_last_units, panel_in_last_units, split_factors
from arbitrax.backtest.decisions import Shape, decide, run_decisions
from arbitrax.backtest.market import Market, last_bars, open_simulation, session_flags
from arbitrax.backtest.notices import finer_notices, level_notices, price_notices, run_notices, session_notices
from arbitrax.backtest.outcome import Outcome, outcome_of
from arbitrax.backtest.result import Origin, Result
from arbitrax.backtest.spec import RunSpec
from arbitrax.domain.bars import COLUMNS, Bars
from arbitrax.domain.errors import Cancelled, DataError, RangeError, StoreError, StrategyError
from arbitrax.domain.intervals import is_intraday
from arbitrax.domain.panel import PRICES, Panel
from arbitrax.kernels.performance import hold_equally
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from arbitrax.domain.bars import Floats, Int64s
    from arbitrax.domain.corporate_actions import CorporateAction
    from arbitrax.kernels.simulate import Simulation
    from arbitrax.market_data.calendars import Calendar
    from arbitrax.market_data.finer import Finer

    Watch = Callable[[Simulation, Panel], None]

PORTFOLIO = "PORTFOLIO"
"""What a run of several symbols is called where one name is asked for."""


def run_backtest(
    spec: RunSpec,
    strategy: Strategy,
    raw: Bars | Sequence[Bars] | Panel,
    benchmark: Bars | None = None,
    data_notices: tuple[str, ...] = (),
    *,
    actions: Sequence[CorporateAction] = (),
    finer: Bars | Sequence[Bars] | Panel | None = None,
    jit: bool = False,
    watch: Watch | None = None,
) -> Result:
    """Run ``strategy`` over the bars, already cut to the range of the spec.

    raw: bars as stored, of one symbol or of several; they are adjusted here when the spec asks for it. benchmark: bars
    to compare with, aligned by time; None compares with holding the run's own symbols. data_notices: what reading
    the bars had to say. actions: splits and dividends, applied to positions and orders when prices are raw (adjusted
    prices carry them already). finer: raw bars of a shorter interval of the same symbols, which tell what came first
    inside a bar. jit: compile `on_bar` (needs the ``jit`` extra). watch: is given the simulation before it runs, to
    look at it and cancel it from another thread.

    Raises:
        Cancelled: the simulation was cancelled.
        RangeError: fewer bars than the strategy's warm-up and one fill need.
        StrategyError: the strategy raised, or returned something else than decisions.
    """
    market = open_market(spec, raw, actions, finer, jit=jit, strategy=type(strategy))
    simulation, tags = simulate(spec, strategy, market, watch)
    outcome = outcome_of(simulation, tags)
    if market.factor is not None:
        outcome = msgspec.structs.replace(outcome, notices=level_notices(type(strategy)))
    origin = Origin(type(strategy), strategy.values, finer, jit)
    return result_of(
        spec,
        market,
        raw,
        outcome,
        benchmark=benchmark,
        data_notices=data_notices,
        actions=actions,
        origin=origin,
    )


def result_of(
    spec: RunSpec,
    market: Market,
    raw: Bars | Sequence[Bars] | Panel,
    outcome: Outcome,
    *,
    benchmark: Bars | None,
    data_notices: tuple[str, ...],
    actions: Sequence[CorporateAction],
    origin: Origin | None,
) -> Result:
    """Return the result of a simulation that has run; arguments as of `run_backtest`."""
    bars, panel, records = market.bars, market.panel, market.records
    held = _hold_own(spec.cash, bars, panel)
    return Result(
        spec=spec,
        bars=bars if bars is not None else _index_bars(panel, held / spec.cash),
        equity_curve=outcome.equity,
        exposure_curve=outcome.exposure,
        benchmark_curve=held
        if benchmark is None
        else _benchmark_equity(spec.cash, panel, benchmark, spec.prices == "adjusted"),
        order_records=outcome.orders,
        fill_records=outcome.fills,
        event_records=outcome.events,
        trade_records=outcome.trades,
        tags=outcome.tags,
        actions=tuple(actions),
        raw=raw if isinstance(raw, Bars | Panel) else tuple(raw),
        origin=origin,
        bankrupt_bar=outcome.bankrupt_bar,
        notices=data_notices
        + (() if market.told is None else finer_notices(market.told, spec.finer))
        + (() if market.exchange is None else session_notices(raw, panel, market.exchange))
        + outcome.notices
        + price_notices(spec, raw, actions, records)
        + run_notices(
            spec,
            panel,
            benchmark,
            (outcome.orders, outcome.events),
            -1 if outcome.bankrupt_bar is None else outcome.bankrupt_bar,
        ),
    )


def open_market(
    spec: RunSpec,
    raw: Bars | Sequence[Bars] | Panel,
    actions: Sequence[CorporateAction],
    finer: Bars | Sequence[Bars] | Panel | None,
    *,
    strategy: type[Strategy],
    jit: bool,
) -> Market:
    """Return what a run trades, as its spec asks for it; arguments as of `run_backtest`."""
    adjusted = spec.prices == "adjusted"
    bars: Bars | None = None
    if isinstance(raw, Bars):
        bars = _read_only(raw.adjusted() if adjusted else raw)
        panel, factor = _panel_of(bars), _factor_of(bars, raw)
    else:
        given = raw if isinstance(raw, Panel) else Panel.from_bars(raw)
        panel = given.adjusted() if adjusted else given
        factor = given.factor if panel.basis != given.basis else None
    exchange = _exchange_of(spec, panel)
    records = splits = None
    if not adjusted:
        records, splits = action_records(actions, panel, exchange), split_factors(actions, panel, exchange)
    told = None if finer is None else _finer_of(finer, raw, factor, exchange)
    last_bar = last_bars(panel.close)
    flags = session_flags(panel, last_bar, exchange, sessions=strategy.is_event_driven())
    return Market(bars, panel, factor, exchange, records, splits, told, last_bar, flags, jit)


def simulate(
    spec: RunSpec, strategy: Strategy, market: Market, watch: Watch | None = None
) -> tuple[Simulation, tuple[str, ...]]:
    """Run ``strategy`` over a market; return the simulation, which has run, and the tags of its orders.

    Raises:
        RangeError: fewer bars than the strategy's warm-up and one fill need.
        StrategyError: the strategy raised, or returned something else than decisions.
        StoreError: it made more orders than memory holds.
        Cancelled: the simulation was cancelled.
    """
    bars, panel, splits, exchange = market.bars, market.panel, market.splits, market.exchange
    warmup = _warmup(strategy)
    if len(panel) < warmup + 1:
        raise RangeError(
            f"{strategy!r} needs at least {warmup + 1} bars (its warm-up and one to trade in), but "
            f"{' and '.join(panel.symbols[:3])} has {len(panel)} in this range; widen the dates or shorten the windows."
        )
    events = strategy.is_event_driven()
    simulation = open_simulation(
        spec,
        panel,
        market.factor,
        market.records,
        last_bar=market.last_bar,
        flags=market.flags,
        keep_changes=events and type(strategy).on_order is not Strategy.on_order,
        finer=market.told,
    )
    if watch is not None:
        watch(simulation, panel)
    tags: tuple[str, ...] = ()
    if events:
        from arbitrax.backtest.events import run_strategy

        def whole_bars(column: int) -> Bars:
            own = bars if bars is not None else _on_all_rows(panel, column)
            return own if splits is None else in_last_units(own, splits[:, column])

        def coarser(column: int, interval: str) -> tuple[Bars, Int64s]:
            from arbitrax.market_data.alignment import exchange_ends, last_completed
            from arbitrax.market_data.resample import resample
            from arbitrax.market_data.sessions import exchange_sessions

            fine = whole_bars(column)
            if exchange is None:
                made = resample(fine, interval)
                return made, last_completed(made, fine)
            by_exchange = is_intraday(fine.interval)
            sessions = exchange_sessions(fine.timestamp, fine.interval, exchange) if by_exchange else None
            made = resample(fine, interval, sessions=sessions)
            return made, last_completed(made, fine, ends=exchange_ends(made, fine, exchange))

        tags = run_strategy(
            simulation, strategy, panel.symbols, whole_bars, coarser, warmup=warmup, splits=splits, jit=market.jit
        )
    else:
        shape = Shape(strategy, *panel.close.shape)
        run_decisions(simulation, decide_on(strategy, market), shape, spec.account.leverage)
    if simulation.fault == "cancelled":
        raise Cancelled(f"The backtest was cancelled at bar {simulation.bars_done} of {len(panel)}.")
    if simulation.fault is not None:
        raise StoreError(f"The backtest stopped: {simulation.fault}; trade less often, or over a shorter range.")
    return simulation, tags


def decide_on(strategy: Strategy, market: Market) -> Any:
    """Return what a strategy that decides in arrays decides on a market."""
    bars, panel, splits = market.bars, market.panel, market.splits
    if splits is not None:
        bars = None if bars is None else in_last_units(bars, splits[:, 0])
        panel = panel_in_last_units(panel, splits)
    return decide(strategy, bars, panel)


def _finer_of(
    finer: Bars | Sequence[Bars] | Panel,
    raw: Bars | Sequence[Bars] | Panel,
    factor: Floats | None,
    exchange: Calendar | None,
) -> Finer:
    """Return finer bars by bar of the run."""
    from arbitrax.market_data.finer import finer_bars

    def whole(data: Bars | Sequence[Bars] | Panel) -> Panel:
        if isinstance(data, Panel):
            return data
        return _panel_of(data) if isinstance(data, Bars) else Panel.from_bars(data)

    return finer_bars(whole(raw), whole(finer), factor, exchange)


def _exchange_of(spec: RunSpec, panel: Panel) -> Calendar | None:
    """Return the calendar a run names, for its dates."""
    if spec.calendar is None or not len(panel):
        return None
    from arbitrax.market_data.calendars import calendar

    return calendar(spec.calendar, start=int(panel.timestamp[0]), end=int(panel.timestamp[-1]))


def _read_only(bars: Bars) -> Bars:
    """Return views that a strategy cannot write through."""
    columns = {}
    for name in COLUMNS:
        column = getattr(bars, name)
        if column is not None:
            columns[name] = column.view()
            columns[name].flags.writeable = False
    return msgspec.structs.replace(bars, **columns)


def _panel_of(bars: Bars) -> Panel:
    """Return one symbol's bars as a panel, without copies."""
    columns: dict[str, Any] = {name: _column(getattr(bars, name)) for name in (*PRICES, "volume")}
    return Panel((bars.symbol,), bars.interval, bars.timestamp, **columns, basis=bars.basis)


def _factor_of(bars: Bars, raw: Bars) -> Floats | None:
    """Return adjusted / raw price, (bars, 1), where the run's prices were adjusted here."""
    if bars.basis == raw.basis or raw.adj_close is None:
        return None
    return _column(raw.adj_close / raw.close)


def _column(values: Any) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64)[:, None]


def _on_all_rows(panel: Panel, column: int) -> Bars:
    """Return one symbol on the panel's rows, NaN where it has no bar: indicators keep their places."""
    columns = {name: np.ascontiguousarray(getattr(panel, name)[:, column]) for name in PRICES}
    volume = np.full(len(panel), np.nan) if panel.volume is None else np.ascontiguousarray(panel.volume[:, column])
    return Bars(panel.symbols[column], panel.interval, panel.timestamp, **columns, volume=volume, basis=panel.basis)


def name_of(symbols: Sequence[str]) -> str:
    """Return what a run's symbols are called together."""
    return "+".join(symbols) if len(symbols) <= 4 else f"{PORTFOLIO} of {len(symbols)}"


def _index_bars(panel: Panel, index: Floats) -> Bars:
    """Return the index of holding all symbols equally, as bars: the run's time axis, and something to draw."""
    level = 100 * index
    symbol = name_of(panel.symbols)
    nothing = np.zeros(len(panel))
    return Bars(symbol, panel.interval, panel.timestamp, level, level, level, level, nothing, basis=panel.basis)


def _warmup(strategy: Strategy) -> int:
    """Return the warm-up, checked: users write this property."""
    bars = strategy.warmup
    if isinstance(bars, bool) or not isinstance(bars, int | np.integer) or bars < 0:
        raise StrategyError(
            f"{type(strategy).__name__}.warmup is {bars!r}; make it a property that returns a whole number of bars."
        )
    return int(bars)


def _hold_own(cash: float, bars: Bars | None, panel: Panel) -> Floats:
    """Return ``cash`` held in the run's own symbols in equal shares, each from its first close; no costs."""
    if bars is not None:
        curve = bars.close / bars.close[0]
        curve *= cash
        return curve
    held = np.empty(len(panel))
    hold_equally(np.ascontiguousarray(panel.close), held)
    held *= cash
    return held


def _benchmark_equity(cash: float, panel: Panel, benchmark: Bars, adjusted: bool) -> Floats:
    """Return ``cash`` held in the benchmark from the first close, marked at each bar's time; no costs."""
    traded = panel.symbols[0]
    if benchmark.interval != panel.interval:
        # A day's close stands under the day's start: beside hourly bars it would be known hours too early.
        raise DataError(
            f"The benchmark {benchmark.symbol} has {benchmark.interval} bars and {traded} {panel.interval} bars; "
            "give a benchmark of the same interval."
        )
    compared = benchmark.adjusted() if adjusted else benchmark
    # The last benchmark close known at each bar; later ones would be the future.
    at = compared.timestamp.searchsorted(panel.timestamp, side="right") - 1
    if at[0] < 0:
        raise DataError(
            f"The benchmark {benchmark.symbol} starts after the first bar of {traded}; choose another benchmark "
            "or a later start."
        )
    if compared.timestamp[-1] < panel.timestamp[0]:
        raise DataError(
            f"The benchmark {benchmark.symbol} ends before the first bar of {traded}; choose another benchmark or an "
            "earlier start."
        )
    close = compared.close[at]
    return cash * (close / close[0])
