"""Messages of backtests. Prices and money are decimal strings; returns, ratios and drawdowns are numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from arbitrax.api.messages.fields import BacktestId, Hash, Interval, Symbol
from arbitrax.api.messages.jobs import JobState, state_fields
from arbitrax.api.messages.run_models import (
    Account,
    Costs,
    Instrument,
    Money,
    account_message,
    costs_message,
    instrument_message,
)
from arbitrax.backtest.spec import RunSpec
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.decimals import decimal_text
from arbitrax.domain.ids import encode
from arbitrax.services.backtest_records import BacktestRecord, FinishedRun
from arbitrax.services.backtests import RUN
from arbitrax.services.run_curves import ChartCurve

MaybeMoney = Annotated[str | None, Meta(examples=["100000"])]
PATH = "/api/v1/backtests"
Table = Literal[
    "equity", "orders", "fills", "events", "trades", "contributions", "monthly", "yearly", "drawdowns",
    "var_backtest", "rolling",
]  # fmt: skip
TABLES: tuple[str, ...] = Table.__args__  # type: ignore[attr-defined]  # of a Literal


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


class BacktestMessage(JobState, frozen=True):
    """A backtest, from being asked for to its end. The times of one without a job are when it was made."""

    id: BacktestId
    spec: BacktestSpec
    channel: str
    """Of the web socket, where progress and the equity curve are while it runs."""
    result: RunResult | None
    """Once it has succeeded."""


class RowPage(Struct, frozen=True):
    """A page of a table's rows, objects by column."""

    data: list[dict[str, Any]]
    next_cursor: str | None
    has_more: bool


class CurvePoint(Struct, frozen=True):
    """Neighbouring bars of a curve, joined: the time of the first of them, and their equity."""

    timestamp: datetime
    open: Money
    high: Money
    low: Money
    close: Money
    benchmark: MaybeMoney
    """Of the last of them."""
    drawdown: float
    """The deepest, of all equity before: from 0 down to -1."""


class EquityCurve(Struct, frozen=True):
    """The equity of a backtest for a chart."""

    backtest: BacktestId
    bars: int
    """Of the range, before they were joined."""
    data: list[CurvePoint]


def backtest_message(record: BacktestRecord) -> BacktestMessage:
    """Return a backtest's message."""
    id = encode(RUN, record.id)
    return BacktestMessage(
        **state_fields(RUN, record.id, record.owner, record.progress, has_job=record.has_job),  # type: ignore[arg-type]
        spec=_spec(record.spec),
        channel=f"runs.{id}",
        result=None if record.run is None else _result(record.run, f"{PATH}/{id}"),
    )


def equity_message(backtest: str, curve: ChartCurve) -> EquityCurve:
    """Return the message of a curve."""
    prices = (curve.open, curve.high, curve.low, curve.close)
    columns = [[decimal_text(each) for each in column.tolist()] for column in prices]
    held = [None if each != each else decimal_text(each) for each in curve.benchmark.tolist()]  # noqa: PLR0124 - NaN
    rows = zip(curve.timestamp.tolist(), *columns, held, curve.drawdown.tolist(), strict=True)
    return EquityCurve(backtest, curve.bars, [CurvePoint(to_datetime(at), *rest) for at, *rest in rows])


def _spec(spec: RunSpec) -> BacktestSpec:
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


def _result(run: FinishedRun, path: str) -> RunResult:
    return RunResult(
        run_hash=run.run_hash,
        result_hash=run.result_hash,
        engine_version=run.engine_version,
        bars=run.bars,
        first_bar=run.first,
        last_bar=run.last,
        assets=[
            AssetMessage(
                each.symbol,
                each.interval,
                each.role,  # type: ignore[arg-type]  # one of the three
                to_datetime(each.as_of),
                each.data_hash,
                each.quality,
            )
            for each in run.assets
        ],
        metrics={name: MetricMessage(each.value, each.undefined) for name, each in run.metrics.items()},
        metrics_basis=run.metrics_basis,
        notices=list(run.notices),
        bankrupt=run.bankrupt_bar is not None,
        tables={name: f"{path}/tables/{name}" for name in TABLES},
        equity=f"{path}/equity",
        honesty=f"{path}/honesty",
        report=f"{path}/report",
    )
