"""Run, store, list and reproduce backtests."""

from __future__ import annotations

import hashlib
import time
from math import inf
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from arbitrax import __version__ as ENGINE  # noqa: N812 - a constant
from arbitrax.backtest.engine import name_of, open_market, result_of, run_backtest
from arbitrax.backtest.result import Origin, Result, bar_hashes, joined_hash
from arbitrax.backtest.spec import UPLOADED, RunSpec, StrategyRef
from arbitrax.backtest.specify import cut_data
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import DataError, InputError, RangeError, StrategyError, UnknownNameError
from arbitrax.domain.ids import decode, encode, new_uuid
from arbitrax.domain.panel import Panel
from arbitrax.services.adjusted_bars import Adjuster, adjuster_of
from arbitrax.services.ports import (
    ActionStore,
    BarStore,
    RunHead,
    RunStore,
    StoredActions,
    StoredAsset,
    StoredMetric,
    StoredRun,
)
from arbitrax.services.quality_warning import quality_warning
from arbitrax.services.stored_bars import StoredPanel, load_or_resample, load_panel
from arbitrax.strategies.registry import find_registered, find_strategy, load_source
from arbitrax.strategies.strategy import Strategy, source_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arbitrax.backtest.engine import Watch
    from arbitrax.backtest.outcome import Outcome
    from arbitrax.services.catalogue_ports import QualityStore
    from arbitrax.services.ports import Curves
    from arbitrax.strategies.parameters import Value

RUN = "bt"
"""Prefix of a run's id."""


class Sandbox(Protocol):
    """Executes code of strangers so that it can do no harm."""

    def simulate(
        self,
        spec: RunSpec,
        source: str,
        raw: Bars | Panel,
        *,
        finer: Panel | None,
        actions: Sequence[CorporateAction],
        panel: Panel,
        watch: Watch | None = None,
    ) -> tuple[str, dict[str, Value], Outcome]:
        """Return the class that ran, with its parameters, and the outcome of its simulation; as of `run_backtest`.

        panel: what the run trades, for ``watch``. What is returned was checked: no simulation has other numbers.
        """
        ...


class Reproduction(Struct, frozen=True):
    """What running a stored run again gave."""

    run: StoredRun
    result: Result
    differences: tuple[str, ...]
    """The parts that are not byte-equal; empty when the run is reproduced."""
    cause: str | None = None
    """Why, as far as it can be told; None when the run is reproduced."""


def run_stored(
    bars: BarStore,
    actions: ActionStore,
    runs: RunStore,
    spec: RunSpec,
    strategy: Strategy,
    *,
    now: int,
    quality: QualityStore | None = None,
    jit: bool = False,
    owner: UUID | None = None,
    run_id: UUID | None = None,
    watch: Watch | None = None,
    patience: float = inf,
) -> tuple[UUID, Result]:
    """Run a backtest on stored bars, store it, and return its id and result.

    Raw prices come with the stored corporate actions of their symbols; these also make the adjusted close of series
    that have none. now: ns UTC. owner: whose run it is. quality: whose reports are among the notices. jit, watch: as of
    `run_backtest`. run_id: the id that was promised; None makes one. patience: seconds that
    storing waits for the honesty panel; where it is likely to take longer it is found out when somebody asks.
    """
    from arbitrax.services.run_documents import make_documents

    data = _load(bars, actions, spec, quality=quality)
    begun = time.perf_counter()
    result = run_backtest(
        spec,
        strategy,
        data.traded,
        data.benchmark,
        data.notices,
        actions=data.actions,
        finer=None if data.finer is None else data.finer.panel,
        jit=jit,
        watch=watch,
    )
    run_id = run_id or new_uuid(now)
    documents = make_documents(encode(RUN, run_id), result, seconds=time.perf_counter() - begun, patience=patience)
    runs.save(_stored_run(run_id, data, result, source_of(type(strategy)), documents, now=now, owner=owner))
    return run_id, result


def run_uploaded(
    bars: BarStore,
    actions: ActionStore,
    runs: RunStore,
    spec: RunSpec,
    *,
    source: str,
    sandbox: Sandbox,
    now: int,
    quality: QualityStore | None = None,
    owner: UUID | None,
    run_id: UUID,
    watch: Watch | None = None,
) -> Result:
    """Run a backtest of a strategy that was uploaded, which only the sandbox executes, and store it.

    The result has no origin: nothing outside a sandbox runs it again. Arguments as of `run_stored`.
    """
    from arbitrax.services.run_documents import make_documents

    data = _load(bars, actions, spec, quality=quality)
    finer = None if data.finer is None else data.finer.panel
    market = open_market(spec, data.traded, data.actions, finer, strategy=Strategy, jit=False)
    class_name, parameters, outcome = sandbox.simulate(
        spec, source, data.traded, finer=finer, actions=data.actions, panel=market.panel, watch=watch
    )
    digest = hashlib.sha256(source.encode()).hexdigest()
    exact = replace(spec, strategy=StrategyRef(UPLOADED + class_name, class_name, parameters, digest))
    result = result_of(
        exact,
        market,
        data.traded,
        outcome,
        benchmark=data.benchmark,
        data_notices=data.notices,
        actions=data.actions,
        origin=None,
    )
    documents = make_documents(encode(RUN, run_id), result)
    runs.save(_stored_run(run_id, data, result, source, documents, now=now, owner=owner))
    return result


def _stored_run(
    id: UUID,
    data: _Data,
    result: Result,
    source: str | None,
    documents: dict[str, bytes],
    *,
    now: int,
    owner: UUID | None,
) -> StoredRun:
    """Return a run as it is stored."""
    spec = result.spec
    known_at = data.actions_as_of
    assets = [
        StoredAsset(symbol, spec.interval, "traded", as_of, data_hash, actions_as_of, data.doubts.get(symbol))
        for symbol, as_of, data_hash, actions_as_of in zip(
            spec.symbols,
            data.as_of[: len(spec.symbols)],
            bar_hashes(data.traded),
            known_at[: len(spec.symbols)],
            strict=True,
        )
    ]
    if data.finer is not None and spec.finer is not None:
        hashes = bar_hashes(data.finer.panel)
        assets += [
            StoredAsset(symbol, spec.finer, "finer", as_of, data_hash)
            for symbol, as_of, data_hash in zip(spec.symbols, data.finer.as_of, hashes, strict=True)
        ]
    if spec.benchmark is not None and data.benchmark is not None:
        compared = data.benchmark
        compared_hash = compared.content_hash()
        doubt = data.doubts.get(spec.benchmark)
        assets.append(
            StoredAsset(spec.benchmark, spec.interval, "benchmark", data.as_of[-1], compared_hash, known_at[-1], doubt)
        )
    return StoredRun(
        id=id,
        created_at=now,
        spec=spec,
        strategy_source=source,
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
        owner=owner,
        documents=documents,
    )


def find_head(runs: RunStore, text: str, *, sees: UUID | None) -> tuple[UUID, RunHead]:
    """Return a run's id and what decides who may see it; ``sees``: when it is this user's, None: whoever's.

    Raises:
        UnknownNameError: there is no such run.
    """
    id = decode(RUN, text)
    head = runs.head(id)
    if head is None or (sees is not None and head.owner != sees):
        raise UnknownNameError(f"There is no run {text}.")
    return id, head


def find_run(runs: RunStore, text: str, *, records: bool = True) -> StoredRun:
    """Return a stored run by its id; ``records`` False: without orders, fills, events and trades.

    Raises:
        UnknownNameError: there is no such run.
    """
    run = runs.load(decode(RUN, text), records=records)
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


def restored_result(bars: BarStore, actions: ActionStore, run: StoredRun, *, only_registered: bool = False) -> Result:
    """Return a stored run as a `Result` with its bars and strategy as they were, so that it can be run again.

    only_registered: not by code that is stored with the run or lies in a file. Where these are not the same any more
    it is what `stored_result` gives, and what needs them says so.
    """
    result = stored_result(run)
    try:
        data = _load(bars, actions, run.spec, run.assets)
        hashes = [asset.data_hash for asset in run.assets if asset.role == "traded"]
        if bar_hashes(data.traded) != hashes:
            return result
        result = replace(result, raw=data.traded, actions=data.actions)
        strategy = _strategy_of(run, only_registered=only_registered)
    except (DataError, InputError, RangeError, StrategyError, UnknownNameError):
        return result
    finer = None if data.finer is None else data.finer.panel
    return replace(result, origin=Origin(type(strategy), strategy.values, finer))


def reproduce(
    bars: BarStore, actions: ActionStore, run: StoredRun, *, only_registered: bool = False, watch: Watch | None = None
) -> Reproduction:
    """Run a stored run again, from the bars and corporate actions as they were known then, and compare every byte.

    only_registered: not by code that is stored with the run or lies in a file.

    Raises:
        InputError: its strategy has no stored source.
        StrategyError: its strategy cannot be loaded any more.
    """
    strategy = _strategy_of(run, only_registered=only_registered)
    data = _load(bars, actions, run.spec, run.assets)
    result = _run(run, strategy, data, watch)
    differences = []
    if result.data_hash != _traded_hash(run):
        differences.append("bars")
    if data.finer is not None:
        hashes = [asset.data_hash for asset in run.assets if asset.role == "finer"]
        differences += [] if bar_hashes(data.finer.panel) == hashes else ["finer bars"]
    if data.benchmark is not None and data.benchmark.content_hash() != run.assets[-1].data_hash:
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
    cause = _cause(run, strategy, data, result) if differences else None
    return Reproduction(run, result, tuple(differences), cause)


class _Data(Struct, frozen=True):
    """What a run is computed from."""

    traded: Bars | Panel
    benchmark: Bars | None
    actions: tuple[CorporateAction, ...]
    as_of: tuple[int, ...]
    """By symbol, then the benchmark's."""
    actions_as_of: tuple[int | None, ...]
    """By symbol, then the benchmark's; None where no actions were looked for."""
    notices: tuple[str, ...]
    doubts: dict[str, str]
    """What quality reports warn of, by symbol."""
    finer: StoredPanel | None = None
    """The finer bars of all symbols, raw."""


def _run(run: StoredRun, strategy: Strategy, data: _Data, watch: Watch | None = None) -> Result:
    """Run a stored run again."""
    finer = None if data.finer is None else data.finer.panel
    return run_backtest(
        run.spec, strategy, data.traded, data.benchmark, data.notices, actions=data.actions, finer=finer, watch=watch
    )


def _load(
    bars: BarStore,
    actions: ActionStore,
    spec: RunSpec,
    assets: tuple[StoredAsset, ...] | None = None,
    quality: QualityStore | None = None,
) -> _Data:
    """Load what a spec asks for; as the assets of a stored run say, when given, or else with what quality says."""
    adjusted = spec.prices == "adjusted"
    traded = None if assets is None else [each for each in assets if each.role == "traded"]
    adjust = _adjuster(actions, spec, traded)
    data, as_of, notices = _load_traded(bars, spec, adjust, traded)
    known_at: list[int | None] = [None if adjust is None else adjust.as_of.get(symbol) for symbol in spec.symbols]
    notices = (*notices, *(() if adjust is None else adjust.notices))
    benchmark = beside = None
    if spec.benchmark is not None:
        then = None if assets is None else assets[-1]
        beside = _adjuster(actions, spec, None if then is None else [then])
        at = None if then is None else then.as_of
        found = load_or_resample(bars, spec.benchmark, spec.interval, adjust=beside, as_of=at)
        benchmark, as_of = found.bars, (*as_of, found.as_of)
        told = () if beside is None else beside.notices
        notices = tuple(dict.fromkeys((*notices, *found.notices, *told)))  # a symbol may be compared with itself
    said: list[StoredActions] = []
    if not adjusted:
        said = [_load_actions(actions, symbol, at, traded) for at, symbol in enumerate(spec.symbols)]
        known_at = [each.as_of for each in said]
    if spec.benchmark is not None:
        known_at.append(None if beside is None else beside.as_of.get(spec.benchmark))
    applied = tuple(action for each in said for action in each.actions)
    finer = None
    if spec.finer is not None:
        finer_at = None if assets is None else [each.as_of for each in assets if each.role == "finer"]
        finer = load_panel(bars, spec.symbols, spec.finer, adjust=None, as_of=finer_at)
        notices = tuple(dict.fromkeys((*notices, *finer.notices)))
    doubts = (
        _doubts(quality, spec) if assets is None else {each.symbol: each.quality for each in assets if each.quality}
    )
    notices = tuple(dict.fromkeys((*notices, *doubts.values())))
    cut = cut_data(data, spec)
    return _Data(cut, benchmark, applied, as_of, tuple(known_at), notices, doubts, finer)


def _doubts(quality: QualityStore | None, spec: RunSpec) -> dict[str, str]:
    """Return by symbol what its quality report warns of."""
    if quality is None:
        return {}
    symbols = dict.fromkeys([*spec.symbols, *([spec.benchmark] if spec.benchmark else [])])
    said = {symbol: quality_warning(quality, symbol, spec.interval) for symbol in symbols}
    return {symbol: text for symbol, text in said.items() if text}


def _adjuster(actions: ActionStore, spec: RunSpec, assets: Sequence[StoredAsset] | None) -> Adjuster | None:
    """Return what derives adjusted closes, with the actions of now or as the assets say; None for raw prices."""
    if spec.prices != "adjusted":
        return None
    as_of = None if assets is None else {each.symbol: each.actions_as_of for each in assets}
    return adjuster_of(actions, exchange=spec.calendar, as_of=as_of)


def _load_traded(
    bars: BarStore, spec: RunSpec, adjust: Adjuster | None, assets: list[StoredAsset] | None
) -> tuple[Bars | Panel, tuple[int, ...], tuple[str, ...]]:
    """Return bars, as-of times by symbol, and notices."""
    known = None if assets is None else [each.as_of for each in assets]
    if len(spec.symbols) > 1:
        many = load_panel(bars, spec.symbols, spec.interval, adjust=adjust, as_of=known)
        return many.panel, many.as_of, many.notices
    time = None if known is None else known[0]
    stored = load_or_resample(bars, spec.symbols[0], spec.interval, adjust=adjust, as_of=time)
    return stored.bars, (stored.as_of,), stored.notices


def _load_actions(actions: ActionStore, symbol: str, place: int, assets: list[StoredAsset] | None) -> StoredActions:
    if assets is None:
        return actions.load(symbol)
    time = assets[place].actions_as_of
    # Runs stored before actions were applied have no time for them: they had none.
    return StoredActions((), 0) if time is None else actions.load(symbol, as_of=time)


def _cause(run: StoredRun, strategy: Strategy, data: _Data, result: Result) -> str:
    if result.data_hash != _traded_hash(run):
        return "The stored bars are not those the run saw."
    if _run(run, strategy, data).hash != result.hash:
        return f"{run.spec.strategy.class_name} gives another result each time, so no run of it can be reproduced."
    if run.engine_version != ENGINE:
        return f"The run was made by version {run.engine_version}, this is {ENGINE}."
    return "What is stored of the run was changed since, or the strategy depends on something outside its source."


def _traded_hash(run: StoredRun) -> str:
    """Return the hash that `Result.data_hash` gives for the bars of a stored run."""
    hashes = [asset.data_hash for asset in run.assets if asset.role == "traded"]
    return joined_hash(hashes)


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


def _strategy_of(run: StoredRun, *, only_registered: bool = False) -> Strategy:
    """Return the strategy as it was: the class of today if its source is the same, else the stored source."""
    reference = run.spec.strategy
    if reference.name.startswith(UPLOADED):
        raise InputError(
            f"{reference.class_name} was uploaded, and such code runs only in a worker's sandbox; ask for the "
            "backtest again with the same text and compare the results' hashes."
        )
    if reference.source_hash is None or run.strategy_source is None:
        raise InputError(
            f"{reference.class_name} was defined in a console, so its source is not stored and the run cannot be "
            "reproduced; put the class into a file."
        )
    try:
        today = (find_registered if only_registered else find_strategy)(reference.name)
        source = source_of(today) or ""
        if hashlib.sha256(source.encode()).hexdigest() == reference.source_hash:
            return today(**reference.parameters)
    except (UnknownNameError, StrategyError, DataError):
        pass  # moved or edited since: the stored source is what counts
    if only_registered:
        raise InputError(f"{reference.class_name} is not a registered strategy with the text it had then.")
    stored = load_source(run.strategy_source, reference.class_name, f"stored source of {reference.name}")
    return stored(**reference.parameters)
