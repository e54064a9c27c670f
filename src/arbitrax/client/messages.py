"""What goes over the wire. Written by scripts/write_clients.py from docs/openapi.json; do not edit.

Prices, quantities and money are decimal strings; times have their zone.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """A page of a list."""

    data: list[T]
    next_cursor: str | None
    has_more: bool


class AccessToken(Struct, frozen=True, kw_only=True):
    access_token: str
    expires_at: datetime
    token_type: Literal["Bearer"]
    user: UserMessage


class Account(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the account of a backtest allows. Rates are yearly, margins fractions of gross position value."""

    borrow_rate: float = 0.0
    credit_rate: float = 0.0
    debit_rate: float = 0.0
    kind: Literal["cash", "margin"] = "margin"
    leverage: float = 1.0
    maintenance: float = 0.25


class AccountDetail(Struct, frozen=True, kw_only=True):
    buying_power: str | None
    cash: str
    currency: str
    id: str
    killed: bool | None
    kind: Literal["cash", "margin"]
    name: str
    open_orders: int
    owner: str | None
    shard: int


class AccountEvent(Struct, frozen=True, kw_only=True):
    amount: str | None
    event: str
    is_frequent: bool
    is_money: bool
    price: str | None
    quantity: str | None
    symbol: str | None
    time: datetime


class AccountMessage(Struct, frozen=True, kw_only=True):
    currency: str
    id: str
    kind: Literal["cash", "margin"]
    name: str
    owner: str | None
    shard: int


class AccountOwner(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whose an account becomes."""

    user: str


class AskedIngestion(Struct, frozen=True, kw_only=True):
    end: str | None
    interval: str
    only_missing: bool
    replace_source: bool
    source: str
    start: str | None
    symbols: list[str]


class AssetMessage(Struct, frozen=True, kw_only=True):
    as_of: datetime
    data_hash: str
    interval: str
    quality: str | None
    role: Literal["traded", "benchmark", "finer"]
    symbol: str


class AuditMessage(Struct, frozen=True, kw_only=True):
    action: str
    actor: str
    address: str | None
    at: datetime
    detail: dict[str, Any]
    id: str
    key_id: str | None
    request_id: str | None
    subject: str | None
    user_id: str | None


class BacktestMessage(Struct, frozen=True, kw_only=True):
    attempt: int
    cancel_asked: bool
    channel: str
    created_at: datetime
    error: JobProblem | None
    eta: datetime | None
    finished_at: datetime | None
    id: str
    job: str | None
    owner: str | None
    progress: float
    result: RunResult | None
    spec: BacktestSpec
    started_at: datetime | None
    status: Literal["queued", "running", "succeeded", "failed", "cancelled", "dead"]


class BacktestSpec(Struct, frozen=True, kw_only=True):
    account: Account
    benchmark: str | None
    calendar: str | None
    cash: str
    commission_bps: float
    costs: Costs
    end: str | None
    fill: Literal["next_open", "same_close"]
    finer: str | None
    instruments: dict[str, Instrument]
    interval: str
    prices: Literal["adjusted", "raw"]
    risk_free: float
    seed: int
    slippage_bps: float
    start: str | None
    strategy: StrategyOfRun
    symbols: list[str]


class BacktestValidation(Struct, frozen=True, kw_only=True):
    bars: int | None
    first: datetime | None
    last: datetime | None
    warmup: int


class BarMessage(Struct, frozen=True, kw_only=True):
    adj_close: str | None
    close: str
    high: str
    low: str
    open: str
    timestamp: datetime
    volume: str


class BookMessage(Struct, frozen=True, kw_only=True):
    asks: list[tuple[str, str]]
    at: datetime
    bids: list[tuple[str, str]]
    crc: int
    epoch: int
    last: str | None
    phase: str
    seq: int
    symbol: str


class CancelAllAfter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The dead-man switch of an account."""

    milliseconds: int
    account: str | None = None


class Cancelled(Struct, frozen=True, kw_only=True):
    account: str
    orders: list[str] | None


class CheckMessage(Struct, frozen=True, kw_only=True):
    code: str | None
    detail: str | None
    limit: str | None
    name: str
    passed: bool
    value: str | None


class ColumnMessage(Struct, frozen=True, kw_only=True):
    name: str
    role: str | None


class CorporateActionMessage(Struct, frozen=True, kw_only=True):
    amount: float | None
    currency: str | None
    ex_date: date
    kind: Literal["split", "stock_dividend", "spin_off", "dividend"]
    ratio: float | None
    source: str


class Costs(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Costs beyond the plain `commission_bps` and `slippage_bps` of a backtest, in quote currency."""

    currency_unit: str = "0"
    half_spread: str = "0"
    maker_bps: float | None = None
    maximum_bps: float = 0.0
    minimum: str = "0"
    participation: float = 0.0
    per_order: str = "0"
    per_share: str = "0"
    square_root: float = 0.0
    tiers: list[tuple[str, float]] = []
    volume_share: float = 0.0


class CoverageMessage(Struct, frozen=True, kw_only=True):
    first: datetime
    interval: str
    last: datetime
    quality_score: float | None
    rows: int
    source: str


class CoveragePart(Struct, frozen=True, kw_only=True):
    bars: int
    expected: int
    first: date
    last: date
    sessions: int
    state: Literal["present", "partial", "missing"]


class Credentials(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Name and password."""

    name: str
    password: str


class CurvePoint(Struct, frozen=True, kw_only=True):
    benchmark: str | None
    close: str
    drawdown: float
    high: str
    low: str
    open: str
    timestamp: datetime


class DoubtCounts(Struct, frozen=True, kw_only=True):
    duplicates: int
    gaps: int
    others: int
    spikes: int


class EquityCurve(Struct, frozen=True, kw_only=True):
    backtest: str
    bars: int
    data: list[CurvePoint]


class EventTotalMessage(Struct, frozen=True, kw_only=True):
    amount: str | None
    event: str
    events: int


class ExchangeMessage(Struct, frozen=True, kw_only=True):
    as_of: datetime
    instruments: list[TradedInstrument]
    shards: list[ShardMessage]


class Exposure(Struct, frozen=True, kw_only=True):
    long: list[float]
    short: list[float]
    timestamp: list[datetime]
    weights: list[WeightCurve]


class FactMessage(Struct, frozen=True, kw_only=True):
    label: str
    text: str
    warning: bool


class FieldError(Struct, frozen=True, kw_only=True):
    """What is wrong with a part of the request."""

    code: str
    detail: str
    pointer: str


class FigureMessage(Struct, frozen=True, kw_only=True):
    benchmark: float | None
    formula: str
    group: str
    label: str
    name: str
    sample: str
    source: str
    undefined_because: str | None
    unit: Literal["percent", "ratio", "money", "days", "count", "probability"]
    value: float | None


class FillMessage(Struct, frozen=True, kw_only=True):
    account: str
    at: datetime
    fee: str
    id: str
    maker: bool
    order: str
    phase: str
    price: str
    quantity: str
    side: Literal["buy", "sell"]
    symbol: str


class FillOfOrder(Struct, frozen=True, kw_only=True):
    id: str
    maker: bool
    order: str
    price: str
    quantity: str
    side: Literal["buy", "sell"]


class FindingMessage(Struct, frozen=True, kw_only=True):
    count: int
    first: datetime
    kind: Literal["gap", "duplicate", "spike", "other"]
    last: datetime
    level: Literal["error", "warn", "info"]
    reason: str
    rule: str
    times: list[datetime]


class Health(Struct, frozen=True, kw_only=True):
    status: Literal["alive"]


class HistogramMessage(Struct, frozen=True, kw_only=True):
    counts: list[int]
    edges: list[float]
    period: Literal["bar", "session"]
    returns: int
    tails: int
    zeros: int


class IngestionMessage(Struct, frozen=True, kw_only=True):
    attempt: int
    bars_added: int
    bars_unchanged: int
    bars_updated: int
    cancel_asked: bool
    created_at: datetime
    error: JobProblem | None
    eta: datetime | None
    finished_at: datetime | None
    id: str
    job: str | None
    outcomes: list[IngestionOutcome] | None
    owner: str | None
    progress: float
    quality: dict[str, str]
    rows_quarantined: int
    spec: AskedIngestion
    started_at: datetime | None
    status: Literal["queued", "running", "succeeded", "failed", "cancelled", "dead"]


class IngestionOutcome(Struct, frozen=True, kw_only=True):
    chunks: int
    interval: str
    resumed: int
    source: str
    symbols: list[SymbolOutcome]
    stopped: str | None = None


class Instrument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a symbol trades in a backtest."""

    borrow_rate: float | None = None
    lot: str = "0"
    multiplier: float = 1.0
    tick: str = "0"


class InstrumentMessage(Struct, frozen=True, kw_only=True):
    asset_type: Literal["unknown", "equity", "etf", "fund", "index", "fx", "crypto", "future", "option", "bond"]
    coverage: list[CoverageMessage]
    currency: str | None
    exchange: str | None
    lot_size: str | None
    name: str | None
    symbol: str
    symbols: list[SymbolMessage]
    tick_size: str | None
    trading: TradingMessage | None


class JobProblem(Struct, frozen=True, kw_only=True):
    code: str
    detail: str
    retryable: bool


class KeyMessage(Struct, frozen=True, kw_only=True):
    addresses: list[str]
    created_at: datetime
    expires_at: datetime | None
    hint: str
    id: str
    last_used_at: datetime | None
    name: str
    revoked_at: datetime | None
    scopes: list[Literal["read", "trade", "admin"]]
    user_id: str


class KillSwitch(Struct, frozen=True, kw_only=True):
    account: str
    killed: bool | None
    orders: list[str] | None


class LastIngestion(Struct, frozen=True, kw_only=True):
    at: datetime
    id: str


class LatencyBucket(Struct, frozen=True, kw_only=True):
    count: int
    up_to_us: int | None


class LatencyMessage(Struct, frozen=True, kw_only=True):
    buckets: list[LatencyBucket]
    p50_us: int | None
    p999_us: int | None
    p99_us: int | None


class LogLineMessage(Struct, frozen=True, kw_only=True):
    bar: datetime | None
    text: str


class MadeKey(Struct, frozen=True, kw_only=True):
    key: KeyMessage
    secret: str | None


class Me(Struct, frozen=True, kw_only=True):
    authenticated_by: Literal["token", "key"]
    scopes: list[Literal["read", "trade", "admin"]]
    user: UserMessage


class MetricMessage(Struct, frozen=True, kw_only=True):
    undefined_because: str | None
    value: float | None


class NewAccount(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A paper account to open."""

    name: str
    cash: str = "100000"
    kind: Literal["cash", "margin"] = "cash"


class NewBacktest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A backtest to run: what `arbitrax backtest run` takes, on stored bars, by a strategy that is registered."""

    strategy: str
    symbols: list[str]
    account: Account = Account()
    benchmark: str | None = None
    calendar: str | None = None
    cash: str = "100000"
    commission_bps: float = 10.0
    costs: Costs = Costs()
    end: str | None = None
    fill: Literal["next_open", "same_close"] = "next_open"
    finer: str | None = None
    instruments: dict[str, Instrument] = {}
    interval: str = "1d"
    parameters: dict[str, bool | int | float | str] = {}
    prices: Literal["adjusted", "raw"] = "adjusted"
    risk_free: float = 0.0
    slippage_bps: float = 0.0
    source: str | None = None
    start: str | None = None


class NewIngestion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bars to bring from a vendor: what `arbitrax data ingest` takes."""

    symbols: list[str]
    end: str | None = None
    interval: str = "1d"
    only_missing: bool = False
    replace_source: bool = False
    source: str = "auto"
    start: str | None = None


class NewKey(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key to make. Addresses it is to count from: none, from everywhere."""

    name: str
    scopes: list[Literal["admin", "read", "trade"]]
    addresses: list[str] = []
    expires_at: datetime | None = None


class NewOrder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An order to submit."""

    side: Literal["buy", "sell"]
    symbol: str
    account: str | None = None
    client_order_id: str | None = None
    display: str | None = None
    distance: str | None = None
    expires_at: datetime | None = None
    funds: str | None = None
    offset: str | None = None
    on_quote: bool = False
    post_only: bool = False
    price: str | None = None
    quantity: str | None = None
    reduce_only: bool = False
    self_trade: Literal["cancel_both", "cancel_newest", "cancel_oldest", "decrement"] = "cancel_newest"
    slide: bool = False
    stop: str | None = None
    time_in_force: Literal["day", "fok", "gtc", "gtd", "ioc"] | None = None
    type: Literal["iceberg", "limit", "market", "peg", "stop", "stop_limit", "trailing_stop"] = "limit"


class NewPassword(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One's own password, the old and the new one."""

    current: str
    password: str


class NewUser(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A user to add, who must change the password at the first login."""

    name: str
    password: str
    role: Literal["admin", "trader", "viewer"] = "viewer"


class NewVendorKey(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A vendor's key."""

    key: str


class OrderChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What to change of an order; less quantity at the same price keeps its place in the queue."""

    price: str | None = None
    quantity: str | None = None
    stop: str | None = None


class OrderGroupMessage(Struct, frozen=True, kw_only=True):
    buys: int
    fees: str
    orders: int
    reason: str
    sells: int
    slippage: str
    status: str
    value: str


class OrderLinks(Struct, frozen=True, kw_only=True):
    account: str
    fills: str
    order: str


class OrderMessage(Struct, frozen=True, kw_only=True):
    account: str
    average_price: str | None
    client_order_id: str | None
    created_at: datetime
    display: str | None
    distance: str | None
    ended_at: datetime | None
    expires_at: datetime | None
    fee: str
    filled_quantity: str
    id: str
    offset: str | None
    open_quantity: str
    price: str | None
    quantity: str
    reason: str | None
    reduce_only: bool
    side: Literal["buy", "sell"]
    status: Literal["open", "filled", "cancelled", "refused"]
    stop: str | None
    symbol: str
    time_in_force: str | None
    triggered_at: datetime | None
    type: str | None
    links: OrderLinks | None = None
    recorded_at: datetime | None = None


class OrderOutcome(Struct, frozen=True, kw_only=True):
    account: str
    client_order_id: str | None
    id: str | None
    status: Literal["open", "filled", "cancelled", "refused", "unknown"]
    deadline: datetime | None = None
    detail: str | None = None
    executed_at: datetime | None = None
    filled_quantity: str | None = None
    fills: list[FillOfOrder] = []
    journaled_at: datetime | None = None
    links: OrderLinks | None = None
    open_quantity: str | None = None
    quantity: str | None = None
    reason: str | None = None
    received_at: datetime | None = None
    repeated: bool = False


class ParameterMessage(Struct, frozen=True, kw_only=True):
    choices: list[str]
    default: float | bool | str
    description: str
    high: float | None
    low: float | None
    name: str
    type: Literal["int", "float", "bool", "str"]


class PartMessage(Struct, frozen=True, kw_only=True):
    lag_ms: int | None
    name: str
    start: str | None
    state: Literal["up", "down", "behind", "unknown"]


class PositionMessage(Struct, frozen=True, kw_only=True):
    account: str
    cost: str
    fees: str
    quantity: str
    realised: str
    symbol: str


class PricePoint(Struct, frozen=True, kw_only=True):
    close: str
    high: str
    lines: list[float | None]
    low: str
    open: str
    timestamp: datetime
    volume: str


class Problem(Struct, frozen=True, kw_only=True):
    """An error, as RFC 9457 has it."""

    code: str
    detail: str
    request_id: str
    retryable: bool
    status: int
    title: str
    type: str
    errors: list[FieldError] = []


class Readiness(Struct, frozen=True, kw_only=True):
    checks: dict[str, Literal["ok", "failed"]]
    status: Literal["ready", "not_ready", "draining"]


class ReproductionMessage(Struct, frozen=True, kw_only=True):
    backtest: str
    cause: str | None
    code: str | None
    created_at: datetime | None
    detail: str | None
    differences: list[str]
    equal: bool | None
    job: str | None
    progress: float
    reproduced_at: datetime | None
    result_hash: str | None
    status: Literal["none", "queued", "running", "succeeded", "failed", "cancelled", "dead"]
    stored_result_hash: str | None


class RunAccount(Struct, frozen=True, kw_only=True):
    backtest: str
    bars: int
    events: list[AccountEvent]
    exposure: Exposure
    held: int
    totals: list[EventTotalMessage]


class RunFigures(Struct, frozen=True, kw_only=True):
    assumptions: list[FactMessage]
    backtest: str
    benchmark: str
    figures: list[FigureMessage]
    histogram: HistogramMessage | None
    orders: list[OrderGroupMessage]


class RunLogMessage(Struct, frozen=True, kw_only=True):
    cut: int
    lines: list[LogLineMessage]


class RunPrices(Struct, frozen=True, kw_only=True):
    backtest: str
    bars: int
    data: list[PricePoint]
    interval: str
    lines: list[str]
    panes: list[str | None]
    symbol: str


class RunResult(Struct, frozen=True, kw_only=True):
    assets: list[AssetMessage]
    bankrupt: bool
    bars: int
    engine_version: str
    equity: str
    first_bar: datetime
    honesty: str
    last_bar: datetime
    metrics: dict[str, MetricMessage]
    metrics_basis: str
    notices: list[str]
    report: str
    result_hash: str
    run_hash: str
    tables: dict[str, str]


class RunSource(Struct, frozen=True, kw_only=True):
    backtest: str
    source: str | None
    source_sha256: str | None


class SeriesCoverageMessage(Struct, frozen=True, kw_only=True):
    calendar: str | None
    interval: str
    parts: list[CoveragePart]
    sessions_behind: int | None
    symbol: str


class SeriesMessage(Struct, frozen=True, kw_only=True):
    changed_at: datetime
    doubts: DoubtCounts | None
    first: datetime
    interval: str
    last: datetime
    last_ingestion: LastIngestion | None
    quality_score: float | None
    rows: int
    source: str
    symbol: str


class SeriesQualityMessage(Struct, frozen=True, kw_only=True):
    actions: list[CorporateActionMessage]
    as_of: datetime
    doubts: DoubtCounts
    findings: list[FindingMessage]
    interval: str
    rows: int
    score: float
    set_aside: list[SetAsideMessage]
    set_aside_count: int
    symbol: str


class SetAsideMessage(Struct, frozen=True, kw_only=True):
    at: datetime
    reason: str
    received_at: datetime
    row: dict[str, float | str | None]
    rules: list[str]
    source: str


class ShardMessage(Struct, frozen=True, kw_only=True):
    applied: str | None
    epoch: int | None
    events_hash: str | None
    journal_end: str | None
    journal_lag_ms: int | None
    memory_bytes: int | None
    memory_limit_bytes: int | None
    parts: list[PartMessage]
    shard: int
    snapshot: SnapshotMessage | None
    well: bool
    worker: WorkerMessage | None


class SnapshotMessage(Struct, frozen=True, kw_only=True):
    at: datetime
    bytes: int
    entry: str
    epoch: int
    state_hash: str


class StrategyDetail(Struct, frozen=True, kw_only=True):
    class_name: str
    description: str
    form: Literal["signals", "events"]
    least_symbols: int
    most_symbols: int | None
    name: str
    parameters: list[ParameterMessage]
    source: str | None
    source_sha256: str | None
    summary: str
    warm_up_bars: int | None


class StrategyMessage(Struct, frozen=True, kw_only=True):
    class_name: str
    least_symbols: int
    most_symbols: int | None
    name: str
    parameters: list[ParameterMessage]
    summary: str


class StrategyOfRun(Struct, frozen=True, kw_only=True):
    class_name: str
    name: str
    parameters: dict[str, Any]
    source_hash: str | None


class SymbolMessage(Struct, frozen=True, kw_only=True):
    end: date | None
    start: date
    symbol: str


class SymbolOutcome(Struct, frozen=True, kw_only=True):
    source: str
    symbol: str
    added: int = 0
    failed: str | None = None
    notices: list[str] = []
    quarantined: int = 0
    score: float | None = None
    unchanged: int = 0
    updated: int = 0
    vendor_failed: bool = False


class TradedInstrument(Struct, frozen=True, kw_only=True):
    last: str | None
    phase: Literal["continuous", "auction", "halted", "closed", None]
    shard: int
    symbol: str


class TradingMessage(Struct, frozen=True, kw_only=True):
    currency: str
    lot_size: str
    shard: int
    tick_size: str


class UploadMessage(Struct, frozen=True, kw_only=True):
    bytes: int
    columns: list[ColumnMessage]
    ingestion: str | None
    interval: str | None
    notices: list[str]
    problem: str | None
    rows: list[list[str]]
    symbol: str | None
    symbols: list[str]


class UserChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What to change of a user; what is left out stays."""

    is_active: bool | None = None
    password: str | None = None
    role: Literal["admin", "trader", "viewer"] | None = None


class UserMessage(Struct, frozen=True, kw_only=True):
    created_at: datetime
    id: str
    is_active: bool
    last_login_at: datetime | None
    must_change_password: bool
    name: str
    role: Literal["viewer", "trader", "admin"]


class ValidationMessage(Struct, frozen=True, kw_only=True):
    accepted: bool
    account: str
    as_of: datetime
    checks: list[CheckMessage]
    code: str | None
    detail: str | None
    fills_at_once: str | None
    repeats: str | None


class VendorKeyMessage(Struct, frozen=True, kw_only=True):
    set_at: datetime | None
    source: Literal["environment", "stored", None]
    title: str
    vendor: str


class WeightCurve(Struct, frozen=True, kw_only=True):
    symbol: str
    values: list[float]


class WorkerMessage(Struct, frozen=True, kw_only=True):
    at: datetime
    commands: int
    commands_per_second: float
    events: int
    events_per_second: float
    fresh: bool
    latency: LatencyMessage
    refused: dict[str, int]
