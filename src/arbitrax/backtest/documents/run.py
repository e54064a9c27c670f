"""A run: what decided it, and what came out. Money is a decimal string; returns, ratios and drawdowns are numbers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

from msgspec import Meta, Raw, Struct

from arbitrax.backtest.documents.fields import Hash, Interval, Symbol
from arbitrax.backtest.documents.run_models import (
    Account,
    Costs,
    Instrument,
    Money,
    account_message,
    costs_message,
    instrument_message,
)
from arbitrax.backtest.documents.tables import TABLES
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.decimals import decimal_text

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result
    from arbitrax.backtest.spec import RunSpec

PATH = "/api/v1/backtests"
SHORT_HASH = 12


class Links(TypedDict):
    """Addresses of the parts of a result."""

    tables: dict[str, str]
    equity: str
    honesty: str
    report: str


class MetricMessage(Struct, frozen=True):
    """A metric: its value, or why it has none."""

    value: float | None
    undefined_because: str | None


class AssetMessage(Struct, frozen=True):
    """A series that a run was computed from."""

    symbol: Symbol
    interval: Interval
    role: Literal["traded", "benchmark", "finer"]
    as_of: datetime
    data_hash: Hash
    quality: str | None


class StrategyOfRun(Struct, frozen=True):
    """Which strategy, with which parameters, from which source."""

    name: Annotated[str, Meta(examples=["sma_cross"])]
    class_name: Annotated[str, Meta(examples=["SmaCross"])]
    parameters: Annotated[dict[str, Any], Meta(examples=[{"fast": 10, "slow": 30}])]
    source_hash: Annotated[
        str | None, Meta(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    ]


class BacktestSpec(Struct, frozen=True):
    """Everything that decides a result, apart from the bars themselves; `start` and `end` are days, both count."""

    strategy: StrategyOfRun
    symbols: list[Symbol]
    interval: Interval
    start: Annotated[str | None, Meta(examples=["2012-01-01"])]
    end: Annotated[str | None, Meta(examples=["2012-12-31"])]
    cash: Money
    commission_bps: float
    slippage_bps: float
    costs: Costs
    account: Account
    instruments: dict[str, Instrument]
    fill: Literal["next_open", "same_close"]
    prices: Literal["adjusted", "raw"]
    calendar: Annotated[str | None, Meta(examples=["XNYS"])]
    finer: Annotated[str | None, Meta(examples=["1h"])]
    benchmark: Annotated[str | None, Meta(examples=["SPY"])]
    risk_free: float
    seed: int


class RunResult(Struct, frozen=True):
    """What came out of a backtest."""

    run_hash: Hash
    """Of the spec."""
    result_hash: Hash
    engine_version: Annotated[str, Meta(examples=["0.1.0"])]
    bars: int
    first_bar: datetime
    last_bar: datetime
    assets: list[AssetMessage]
    metrics: dict[str, MetricMessage]
    metrics_basis: str
    notices: list[str]
    bankrupt: bool
    tables: dict[str, str]
    """By name where each table of the result is."""
    equity: str
    """Where the curve is, in as many points as a chart has."""
    honesty: str
    report: str


class RunMessage(Struct, frozen=True, kw_only=True):
    """A finished run, with the fields of a backtest of the gateway; nothing of the job that made it."""

    id: str
    spec: BacktestSpec
    result: RunResult
    created_at: datetime | None
    """None: it was not stored, and a result keeps no time."""
    started_at: None = None
    finished_at: None = None
    job: None = None
    owner: None = None
    status: Literal["succeeded"] = "succeeded"
    progress: float = 1.0
    eta: None = None
    attempt: int = 1
    cancel_asked: bool = False
    error: None = None
    channel: str = ""


class StoredAs(Struct, frozen=True):
    """What a store knows of a run beside its result."""

    id: str
    created_at: datetime
    engine_version: str
    assets: list[AssetMessage]
    documents: dict[str, Raw] = {}
    """What was found out about it before, JSON by name: `honesty`, `figures`, `account`."""


def spec_message(spec: RunSpec) -> BacktestSpec:
    """Return a spec as it is told."""
    strategy = spec.strategy
    return BacktestSpec(
        strategy=StrategyOfRun(strategy.name, strategy.class_name, dict(strategy.parameters), strategy.source_hash),
        symbols=list(spec.symbols),
        interval=spec.interval,
        start=spec.start,
        end=spec.end,
        cash=decimal_text(spec.cash),
        commission_bps=spec.commission_bps,
        slippage_bps=spec.slippage_bps,
        costs=costs_message(spec.costs),
        account=account_message(spec.account),
        instruments={symbol: instrument_message(each) for symbol, each in spec.instruments.items()},
        fill=spec.fill,
        prices=spec.prices,
        calendar=spec.calendar,
        finer=spec.finer,
        benchmark=spec.benchmark,
        risk_free=spec.risk_free,
        seed=spec.seed,
    )


def run_message(result: Result, stored: StoredAs | None, engine: str) -> RunMessage:
    """Return a finished run as the gateway tells of it; stored: what is known of one that was, engine: its version."""
    id = run_name(result, stored)
    return RunMessage(
        id=id,
        created_at=None if stored is None else stored.created_at,
        spec=spec_message(result.spec),
        result=RunResult(
            run_hash=result.spec.hash,
            result_hash=result.hash,
            engine_version=engine,
            bars=len(result.bars),
            first_bar=to_datetime(int(result.bars.timestamp[0])),
            last_bar=to_datetime(int(result.bars.timestamp[-1])),
            assets=[] if stored is None else stored.assets,
            metrics={
                name: MetricMessage(value, result.metrics.undefined.get(name)) for name, value in result.metrics.items()
            },
            metrics_basis=result.metrics.basis,
            notices=list(result.notices),
            bankrupt=result.bankrupt_bar is not None,
            **links(id),
        ),
    )


def run_name(result: Result, stored: StoredAs | None) -> str:
    """Return the id of a stored run; of another the beginning of its hash."""
    return stored.id if stored is not None else result.spec.hash[:SHORT_HASH]


def links(id: str) -> Links:
    """Return where the parts of a run's result are."""
    path = f"{PATH}/{id}"
    return {
        "tables": {name: f"{path}/tables/{name}" for name in TABLES},
        "equity": f"{path}/equity",
        "honesty": f"{path}/honesty",
        "report": f"{path}/report",
    }
