"""Run, store, list and reproduce backtests."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from arbitrax import __version__ as ENGINE  # noqa: N812 - a constant
from arbitrax.backtest.engine import name_of, run_backtest
from arbitrax.backtest.result import Result
from arbitrax.backtest.spec import RunSpec
from arbitrax.backtest.specify import cut_data, cut_to_range
from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import DataError, InputError, RangeError, StrategyError, UnknownNameError, did_you_mean
from arbitrax.domain.ids import decode, new_uuid
from arbitrax.domain.intervals import nanoseconds
from arbitrax.domain.panel import Panel
from arbitrax.services.ports import (
    BarStore,
    RunStore,
    StoredAsset,
    StoredMetric,
    StoredRun,
    StoredSeries,
)
from arbitrax.strategies.registry import find_strategy, load_source
from arbitrax.strategies.strategy import Strategy, source_of

if TYPE_CHECKING:
    from arbitrax.services.ports import Curves

RUN = "bt"
"""Prefix of a run's id."""


class Reproduction(Struct, frozen=True):
    """What running a stored run again gave."""

    run: StoredRun
    result: Result
    differences: tuple[str, ...]
    """The parts that are not byte-equal; empty when the run is reproduced."""
    cause: str | None = None
    """Why, as far as it can be told; None when the run is reproduced."""


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
    symbols = [each.symbol for each in catalogue]
    listed = (
        f"stored are {', '.join(symbols[:8])}{', ...' if len(symbols) > 8 else ''}" if symbols else "nothing is stored"
    )
    raise UnknownNameError(
        f"No bars are stored for '{symbol}'{did_you_mean(symbol, symbols)} ({listed}; add some with `arbitrax data "
        "import FILE`, or --samples)."
    )


def load_or_resample(
    bars: BarStore, symbol: str, interval: str, *, adjusted: bool, as_of: int | None = None
) -> StoredSeries:
    """Return a stored series, or the bars of this interval made of the longest stored ones that divide it.

    adjusted: adjust finer bars before they are joined, because a coarse bar with a split in it cannot be.

    Raises:
        UnknownNameError: neither the interval nor one that divides it is stored under this symbol.
    """
    try:
        return load_series(bars, symbol, interval, as_of)
    except UnknownNameError:
        from arbitrax.market_data.resample import resample, why_not

        stored = {each.interval for each in bars.catalogue() if each.symbol == symbol}
        fits = [each for each in stored if why_not(each, interval) is None]
        for finer in sorted(fits, key=lambda each: (-nanoseconds(each), each)):
            found = bars.load(symbol, finer, as_of=as_of, cached=as_of is None)
            if found is not None:
                made = resample(found.bars.adjusted() if adjusted else found.bars, interval)
                return StoredSeries(made, found.as_of, (f"{symbol}: {interval} bars were made of {finer} bars.",))
        raise


def run_stored(
    bars: BarStore, runs: RunStore, spec: RunSpec, strategy: Strategy, *, now: int, jit: bool = False
) -> tuple[UUID, Result]:
    """Run a backtest on stored bars, store it, and return its id and result.

    now: ns UTC. jit: compile the strategy, as the engine does.
    """
    adjusted = spec.prices == "adjusted"
    traded = [load_or_resample(bars, symbol, spec.interval, adjusted=adjusted) for symbol in spec.symbols]
    compared = (
        None if spec.benchmark is None else load_or_resample(bars, spec.benchmark, spec.interval, adjusted=adjusted)
    )
    raw = cut_data([each.bars for each in traded], spec)
    notices = _notices_of([*traded, *([] if compared is None else [compared])])
    result = run_backtest(spec, strategy, raw, None if compared is None else compared.bars, notices, jit=jit)
    assets = [_asset(each, "traded", _cut_hash(each.bars, spec)) for each in traded]
    if compared is not None:
        assets.append(_asset(compared, "benchmark", compared.bars.content_hash()))
    run_id = new_uuid(now)
    runs.save(
        StoredRun(
            id=run_id,
            created_at=now,
            spec=spec,
            strategy_source=source_of(type(strategy)),
            assets=tuple(assets),
            metrics={
                name: StoredMetric(value, result.metrics.undefined.get(name)) for name, value in result.metrics.items()
            },
            metrics_basis=result.metrics.basis,
            notices=result.notices,
            bankrupt_bar=result.bankrupt_bar,
            basis=result.bars.basis,
            engine_version=ENGINE,
            result_hash=result.hash,
            curves=_curves(result),
            tags=result.tags,
            orders=result.order_records,
            fills=result.fill_records,
            events=result.event_records,
            trades=result.trade_records,
        )
    )
    return run_id, result


def find_run(runs: RunStore, text: str) -> StoredRun:
    """Return a stored run by its id.

    Raises:
        UnknownNameError: there is no such run.
    """
    run = runs.load(decode(RUN, text))
    if run is None:
        raise UnknownNameError(f"There is no run {text}; `arbitrax backtest list` shows the ids.")
    return run


def stored_result(run: StoredRun) -> Result:
    """Return a stored run as a `Result`, from what was stored alone."""
    curves = run.curves
    return Result(
        spec=run.spec,
        bars=Bars(
            symbol=name_of(run.spec.symbols),
            interval=run.spec.interval,
            timestamp=curves["timestamp"],  # type: ignore[arg-type]  # stored as int64
            open=curves["open"],  # type: ignore[arg-type]  # the others as float64
            high=curves["high"],  # type: ignore[arg-type]  # likewise
            low=curves["low"],  # type: ignore[arg-type]  # likewise
            close=curves["close"],  # type: ignore[arg-type]  # likewise
            volume=curves["volume"],  # type: ignore[arg-type]  # likewise
            basis=run.basis,
        ),
        known_data_hash=_traded_hash(run),
        equity_curve=curves["equity"],  # type: ignore[arg-type]  # likewise
        exposure_curve=curves["exposure"],  # type: ignore[arg-type]  # likewise
        benchmark_curve=curves["benchmark"],  # type: ignore[arg-type]  # likewise
        tags=run.tags,
        order_records=run.orders,
        fill_records=run.fills,
        event_records=run.events,
        trade_records=run.trades,
        bankrupt_bar=run.bankrupt_bar,
        notices=run.notices,
    )


def stored_bars(bars: BarStore, run: StoredRun) -> tuple[Bars, ...] | None:
    """Return the bars a stored run traded, as they were known then; None if they are not the same any more."""
    adjusted = run.spec.prices == "adjusted"
    found = []
    for asset in run.assets:
        if asset.role != "traded":
            continue
        try:
            series = load_or_resample(bars, asset.symbol, asset.interval, adjusted=adjusted, as_of=asset.as_of)
            own = cut_to_range(series.bars, run.spec)
        except (UnknownNameError, RangeError):
            return None
        if own.content_hash() != asset.data_hash:
            return None
        found.append(own)
    return tuple(found)


def reproduce(bars: BarStore, run: StoredRun) -> Reproduction:
    """Run a stored run again, from the bars as they were known then, and compare every byte.

    Raises:
        InputError: its strategy has no stored source.
        StrategyError: its strategy cannot be loaded any more.
    """
    strategy = _strategy_of(run)
    adjusted = run.spec.prices == "adjusted"
    loaded = [
        load_or_resample(bars, asset.symbol, asset.interval, adjusted=adjusted, as_of=asset.as_of)
        for asset in run.assets
    ]
    series = {
        role: [each.bars for each, asset in zip(loaded, run.assets, strict=True) if asset.role == role]
        for role in ("traded", "benchmark")
    }
    raw = cut_data(series["traded"], run.spec)
    compared = series["benchmark"][0] if series["benchmark"] else None
    result = run_backtest(run.spec, strategy, raw, compared, _notices_of(loaded))
    differences = []
    if result.data_hash != _traded_hash(run):
        differences.append("bars")
    if compared is not None and compared.content_hash() != run.assets[-1].data_hash:
        differences.append("benchmark bars")
    for name, curve in _curves(result).items():
        if curve.tobytes() != run.curves[name].tobytes():
            differences.append(name)
    for name, made, stored in (
        ("orders", result.order_records, run.orders),
        ("fills", result.fill_records, run.fills),
        ("events", result.event_records, run.events),
        ("trades", result.trade_records, run.trades),
    ):
        if made.tobytes() != stored.tobytes():
            differences.append(name)
    metrics = {name: StoredMetric(value, result.metrics.undefined.get(name)) for name, value in result.metrics.items()}
    if metrics != run.metrics:
        differences.append("metrics")
    for name in ("notices", "bankrupt_bar", "tags"):
        if getattr(result, name) != getattr(run, name):
            differences.append(name.replace("_", " "))
    if result.bars.basis != run.basis:
        differences.append("price basis")
    if result.hash != run.result_hash:
        differences.append("result hash")
    cause = _cause(run, strategy, raw, compared, result) if differences else None
    return Reproduction(run, result, tuple(differences), cause)


def _cause(
    run: StoredRun, strategy: Strategy, raw: Bars | list[Bars] | Panel, compared: Bars | None, result: Result
) -> str:
    if result.data_hash != _traded_hash(run):
        return "The stored bars are not those the run saw."
    if run_backtest(run.spec, strategy, raw, compared).hash != result.hash:
        return f"{run.spec.strategy.class_name} gives another result each time, so no run of it can be reproduced."
    if run.engine_version != ENGINE:
        return f"The run was made by version {run.engine_version}, this is {ENGINE}."
    return "What is stored of the run was changed since, or the strategy depends on something outside its source."


def _cut_hash(bars: Bars, spec: RunSpec) -> str:
    return cut_to_range(bars, spec).content_hash()


def _traded_hash(run: StoredRun) -> str:
    """Return the hash that `Result.data_hash` gives for the bars of a stored run."""
    hashes = [asset.data_hash for asset in run.assets if asset.role == "traded"]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256(" ".join(hashes).encode()).hexdigest()


def _notices_of(series: list[StoredSeries]) -> tuple[str, ...]:
    # Once each: a symbol may be compared with itself.
    return tuple(dict.fromkeys(text for each in series for text in each.notices))


def _asset(series: StoredSeries, role: str, data_hash: str) -> StoredAsset:
    return StoredAsset(series.bars.symbol, series.bars.interval, role, series.as_of, data_hash)


def _curves(result: Result) -> Curves:
    bars = result.bars
    return {
        "timestamp": bars.timestamp,
        "open": bars.open,
        "high": bars.high,
        "low": bars.low,
        "close": bars.close,
        "volume": bars.volume,
        "equity": result.equity_curve,
        "exposure": result.exposure_curve,
        "benchmark": result.benchmark_curve,
    }


def _strategy_of(run: StoredRun) -> Strategy:
    """Return the strategy as it was: the class of today if its source is the same, else the stored source."""
    reference = run.spec.strategy
    if reference.source_hash is None or run.strategy_source is None:
        raise InputError(
            f"{reference.class_name} was defined in a console, so its source is not stored and the run cannot be "
            "reproduced; put the class into a file."
        )
    try:
        today = find_strategy(reference.name)
        source = source_of(today) or ""
        if hashlib.sha256(source.encode()).hexdigest() == reference.source_hash:
            return today(**reference.parameters)
    except (UnknownNameError, StrategyError, DataError):
        pass  # moved or edited since: the stored source is what counts
    stored = load_source(run.strategy_source, reference.class_name, f"stored source of {reference.name}")
    return stored(**reference.parameters)
