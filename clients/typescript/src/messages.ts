// What goes over the wire. Written by scripts/write_clients.py from openapi.json; do not edit.
// Prices, quantities and money are decimal strings; times are ISO 8601 in UTC.

/** A page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

export interface AccessToken {
  readonly access_token: string;
  readonly expires_at: string;
  readonly token_type: "Bearer";
  readonly user: UserMessage;
}

export interface Account {
  readonly borrow_rate?: number;
  readonly credit_rate?: number;
  readonly debit_rate?: number;
  readonly kind?: "cash" | "margin";
  readonly leverage?: number;
  readonly maintenance?: number;
}

export interface AccountDetail {
  readonly buying_power: string | null;
  readonly cash: string;
  readonly currency: string;
  readonly id: string;
  readonly killed: boolean | null;
  readonly kind: "cash" | "margin";
  readonly name: string;
  readonly open_orders: number;
  readonly owner: string | null;
  readonly shard: number;
}

export interface AccountEvent {
  readonly amount: string | null;
  readonly event: string;
  readonly is_frequent: boolean;
  readonly is_money: boolean;
  readonly price: string | null;
  readonly quantity: string | null;
  readonly symbol: string | null;
  readonly time: string;
}

export interface AccountMessage {
  readonly currency: string;
  readonly id: string;
  readonly kind: "cash" | "margin";
  readonly name: string;
  readonly owner: string | null;
  readonly shard: number;
}

export interface AccountOwner {
  readonly user: string;
}

export interface AskedIngestion {
  readonly end: string | null;
  readonly interval: string;
  readonly only_missing: boolean;
  readonly replace_source: boolean;
  readonly source: string;
  readonly start: string | null;
  readonly symbols: readonly string[];
}

export interface AssetMessage {
  readonly as_of: string;
  readonly data_hash: string;
  readonly interval: string;
  readonly quality: string | null;
  readonly role: "traded" | "benchmark" | "finer";
  readonly symbol: string;
}

export interface AuditMessage {
  readonly action: string;
  readonly actor: string;
  readonly address: string | null;
  readonly at: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly id: string;
  readonly key_id: string | null;
  readonly request_id: string | null;
  readonly subject: string | null;
  readonly user_id: string | null;
}

export interface BacktestMessage {
  readonly attempt: number;
  readonly cancel_asked: boolean;
  readonly channel: string;
  readonly created_at: string;
  readonly error: JobProblem | null;
  readonly eta: string | null;
  readonly finished_at: string | null;
  readonly id: string;
  readonly job: string | null;
  readonly owner: string | null;
  readonly progress: number;
  readonly result: RunResult | null;
  readonly spec: BacktestSpec;
  readonly started_at: string | null;
  readonly status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead";
}

export interface BacktestSpec {
  readonly account: Account;
  readonly benchmark: string | null;
  readonly calendar: string | null;
  readonly cash: string;
  readonly commission_bps: number;
  readonly costs: Costs;
  readonly end: string | null;
  readonly fill: "next_open" | "same_close";
  readonly finer: string | null;
  readonly instruments: Readonly<Record<string, Instrument>>;
  readonly interval: string;
  readonly prices: "adjusted" | "raw";
  readonly risk_free: number;
  readonly seed: number;
  readonly slippage_bps: number;
  readonly start: string | null;
  readonly strategy: StrategyOfRun;
  readonly symbols: readonly string[];
}

export interface BacktestValidation {
  readonly bars: number | null;
  readonly first: string | null;
  readonly last: string | null;
  readonly warmup: number;
}

export interface BarMessage {
  readonly adj_close: string | null;
  readonly close: string;
  readonly high: string;
  readonly low: string;
  readonly open: string;
  readonly timestamp: string;
  readonly volume: string;
}

export interface BookMessage {
  readonly asks: readonly (readonly [string, string])[];
  readonly at: string;
  readonly bids: readonly (readonly [string, string])[];
  readonly crc: number;
  readonly epoch: number;
  readonly last: string | null;
  readonly phase: string;
  readonly seq: number;
  readonly symbol: string;
}

export interface CancelAllAfter {
  readonly account?: string | null;
  readonly milliseconds: number;
}

export interface Cancelled {
  readonly account: string;
  readonly orders: readonly string[] | null;
}

export interface CheckMessage {
  readonly code: string | null;
  readonly detail: string | null;
  readonly limit: string | null;
  readonly name: string;
  readonly passed: boolean;
  readonly value: string | null;
}

export interface ColumnMessage {
  readonly name: string;
  readonly role: string | null;
}

export interface CorporateActionMessage {
  readonly amount: number | null;
  readonly currency: string | null;
  readonly ex_date: string;
  readonly kind: "split" | "stock_dividend" | "spin_off" | "dividend";
  readonly ratio: number | null;
  readonly source: string;
}

export interface Costs {
  readonly currency_unit?: string;
  readonly half_spread?: string;
  readonly maker_bps?: number | null;
  readonly maximum_bps?: number;
  readonly minimum?: string;
  readonly participation?: number;
  readonly per_order?: string;
  readonly per_share?: string;
  readonly square_root?: number;
  readonly tiers?: readonly (readonly [string, number])[];
  readonly volume_share?: number;
}

export interface CoverageMessage {
  readonly first: string;
  readonly interval: string;
  readonly last: string;
  readonly quality_score: number | null;
  readonly rows: number;
  readonly source: string;
}

export interface CoveragePart {
  readonly bars: number;
  readonly expected: number;
  readonly first: string;
  readonly last: string;
  readonly sessions: number;
  readonly state: "present" | "partial" | "missing";
}

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

export interface CurvePoint {
  readonly benchmark: string | null;
  readonly close: string;
  readonly drawdown: number;
  readonly high: string;
  readonly low: string;
  readonly open: string;
  readonly timestamp: string;
}

export interface DoubtCounts {
  readonly duplicates: number;
  readonly gaps: number;
  readonly others: number;
  readonly spikes: number;
}

export interface EquityCurve {
  readonly backtest: string;
  readonly bars: number;
  readonly data: readonly CurvePoint[];
}

export interface EventTotalMessage {
  readonly amount: string | null;
  readonly event: string;
  readonly events: number;
}

export interface ExchangeMessage {
  readonly as_of: string;
  readonly instruments: readonly TradedInstrument[];
  readonly shards: readonly ShardMessage[];
}

export interface Exposure {
  readonly long: readonly number[];
  readonly short: readonly number[];
  readonly timestamp: readonly string[];
  readonly weights: readonly WeightCurve[];
}

export interface FactMessage {
  readonly label: string;
  readonly text: string;
  readonly warning: boolean;
}

export interface FieldError {
  readonly code: string;
  readonly detail: string;
  readonly pointer: string;
}

export interface FigureMessage {
  readonly benchmark: number | null;
  readonly formula: string;
  readonly group: string;
  readonly label: string;
  readonly name: string;
  readonly sample: string;
  readonly source: string;
  readonly undefined_because: string | null;
  readonly unit: "percent" | "ratio" | "money" | "days" | "count" | "probability";
  readonly value: number | null;
}

export interface FillMessage {
  readonly account: string;
  readonly at: string;
  readonly fee: string;
  readonly id: string;
  readonly maker: boolean;
  readonly order: string;
  readonly phase: string;
  readonly price: string;
  readonly quantity: string;
  readonly side: "buy" | "sell";
  readonly symbol: string;
}

export interface FillOfOrder {
  readonly id: string;
  readonly maker: boolean;
  readonly order: string;
  readonly price: string;
  readonly quantity: string;
  readonly side: "buy" | "sell";
}

export interface FindingMessage {
  readonly count: number;
  readonly first: string;
  readonly kind: "gap" | "duplicate" | "spike" | "other";
  readonly last: string;
  readonly level: "error" | "warn" | "info";
  readonly reason: string;
  readonly rule: string;
  readonly times: readonly string[];
}

export interface Health {
  readonly status: "alive";
}

export interface HistogramMessage {
  readonly counts: readonly number[];
  readonly edges: readonly number[];
  readonly period: "bar" | "session";
  readonly returns: number;
  readonly tails: number;
  readonly zeros: number;
}

export interface IngestionMessage {
  readonly attempt: number;
  readonly bars_added: number;
  readonly bars_unchanged: number;
  readonly bars_updated: number;
  readonly cancel_asked: boolean;
  readonly created_at: string;
  readonly error: JobProblem | null;
  readonly eta: string | null;
  readonly finished_at: string | null;
  readonly id: string;
  readonly job: string | null;
  readonly outcomes: readonly IngestionOutcome[] | null;
  readonly owner: string | null;
  readonly progress: number;
  readonly quality: Readonly<Record<string, string>>;
  readonly rows_quarantined: number;
  readonly spec: AskedIngestion;
  readonly started_at: string | null;
  readonly status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead";
}

export interface IngestionOutcome {
  readonly chunks: number;
  readonly interval: string;
  readonly resumed: number;
  readonly source: string;
  readonly stopped?: string | null;
  readonly symbols: readonly SymbolOutcome[];
}

export interface Instrument {
  readonly borrow_rate?: number | null;
  readonly lot?: string;
  readonly multiplier?: number;
  readonly tick?: string;
}

export interface InstrumentMessage {
  readonly asset_type: "unknown" | "equity" | "etf" | "fund" | "index" | "fx" | "crypto" | "future" | "option" | "bond";
  readonly coverage: readonly CoverageMessage[];
  readonly currency: string | null;
  readonly exchange: string | null;
  readonly lot_size: string | null;
  readonly name: string | null;
  readonly symbol: string;
  readonly symbols: readonly SymbolMessage[];
  readonly tick_size: string | null;
  readonly trading: TradingMessage | null;
}

export interface JobProblem {
  readonly code: string;
  readonly detail: string;
  readonly retryable: boolean;
}

export interface KeyMessage {
  readonly addresses: readonly string[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly hint: string;
  readonly id: string;
  readonly last_used_at: string | null;
  readonly name: string;
  readonly revoked_at: string | null;
  readonly scopes: readonly ("read" | "trade" | "admin")[];
  readonly user_id: string;
}

export interface KillSwitch {
  readonly account: string;
  readonly killed: boolean | null;
  readonly orders: readonly string[] | null;
}

export interface LastIngestion {
  readonly at: string;
  readonly id: string;
}

export interface LatencyBucket {
  readonly count: number;
  readonly up_to_us: number | null;
}

export interface LatencyMessage {
  readonly buckets: readonly LatencyBucket[];
  readonly p50_us: number | null;
  readonly p999_us: number | null;
  readonly p99_us: number | null;
}

export interface LogLineMessage {
  readonly bar: string | null;
  readonly text: string;
}

export interface MadeKey {
  readonly key: KeyMessage;
  readonly secret: string | null;
}

export interface Me {
  readonly authenticated_by: "token" | "key";
  readonly scopes: readonly ("read" | "trade" | "admin")[];
  readonly user: UserMessage;
}

export interface MetricMessage {
  readonly undefined_because: string | null;
  readonly value: number | null;
}

export interface NewAccount {
  readonly cash?: string;
  readonly kind?: "cash" | "margin";
  readonly name: string;
}

export interface NewBacktest {
  readonly account?: Account;
  readonly benchmark?: string | null;
  readonly calendar?: string | null;
  readonly cash?: string;
  readonly commission_bps?: number;
  readonly costs?: Costs;
  readonly end?: string | null;
  readonly fill?: "next_open" | "same_close";
  readonly finer?: string | null;
  readonly instruments?: Readonly<Record<string, Instrument>>;
  readonly interval?: string;
  readonly parameters?: Readonly<Record<string, boolean | number | string>>;
  readonly prices?: "adjusted" | "raw";
  readonly risk_free?: number;
  readonly slippage_bps?: number;
  readonly source?: string | null;
  readonly start?: string | null;
  readonly strategy: string;
  readonly symbols: readonly string[];
}

export interface NewIngestion {
  readonly end?: string | null;
  readonly interval?: string;
  readonly only_missing?: boolean;
  readonly replace_source?: boolean;
  readonly source?: string;
  readonly start?: string | null;
  readonly symbols: readonly string[];
}

export interface NewKey {
  readonly addresses?: readonly string[];
  readonly expires_at?: string | null;
  readonly name: string;
  readonly scopes: readonly ("admin" | "read" | "trade")[];
}

export interface NewOrder {
  readonly account?: string | null;
  readonly client_order_id?: string | null;
  readonly display?: string | null;
  readonly distance?: string | null;
  readonly expires_at?: string | null;
  readonly funds?: string | null;
  readonly offset?: string | null;
  readonly on_quote?: boolean;
  readonly post_only?: boolean;
  readonly price?: string | null;
  readonly quantity?: string | null;
  readonly reduce_only?: boolean;
  readonly self_trade?: "cancel_both" | "cancel_newest" | "cancel_oldest" | "decrement";
  readonly side: "buy" | "sell";
  readonly slide?: boolean;
  readonly stop?: string | null;
  readonly symbol: string;
  readonly time_in_force?: "day" | "fok" | "gtc" | "gtd" | "ioc" | null;
  readonly type?: "iceberg" | "limit" | "market" | "peg" | "stop" | "stop_limit" | "trailing_stop";
}

export interface NewPassword {
  readonly current: string;
  readonly password: string;
}

export interface NewUser {
  readonly name: string;
  readonly password: string;
  readonly role?: "admin" | "trader" | "viewer";
}

export interface NewVendorKey {
  readonly key: string;
}

export interface OrderChange {
  readonly price?: string | null;
  readonly quantity?: string | null;
  readonly stop?: string | null;
}

export interface OrderGroupMessage {
  readonly buys: number;
  readonly fees: string;
  readonly orders: number;
  readonly reason: string;
  readonly sells: number;
  readonly slippage: string;
  readonly status: string;
  readonly value: string;
}

export interface OrderLinks {
  readonly account: string;
  readonly fills: string;
  readonly order: string;
}

export interface OrderMessage {
  readonly account: string;
  readonly average_price: string | null;
  readonly client_order_id: string | null;
  readonly created_at: string;
  readonly display: string | null;
  readonly distance: string | null;
  readonly ended_at: string | null;
  readonly expires_at: string | null;
  readonly fee: string;
  readonly filled_quantity: string;
  readonly id: string;
  readonly links?: OrderLinks | null;
  readonly offset: string | null;
  readonly open_quantity: string;
  readonly price: string | null;
  readonly quantity: string;
  readonly reason: string | null;
  readonly recorded_at?: string | null;
  readonly reduce_only: boolean;
  readonly side: "buy" | "sell";
  readonly status: "open" | "filled" | "cancelled" | "refused";
  readonly stop: string | null;
  readonly symbol: string;
  readonly time_in_force: string | null;
  readonly triggered_at: string | null;
  readonly type: string | null;
}

export interface OrderOutcome {
  readonly account: string;
  readonly client_order_id: string | null;
  readonly deadline?: string | null;
  readonly detail?: string | null;
  readonly executed_at?: string | null;
  readonly filled_quantity?: string | null;
  readonly fills?: readonly FillOfOrder[];
  readonly id: string | null;
  readonly journaled_at?: string | null;
  readonly links?: OrderLinks | null;
  readonly open_quantity?: string | null;
  readonly quantity?: string | null;
  readonly reason?: string | null;
  readonly received_at?: string | null;
  readonly repeated?: boolean;
  readonly status: "open" | "filled" | "cancelled" | "refused" | "unknown";
}

export interface ParameterMessage {
  readonly choices: readonly string[];
  readonly default: number | boolean | string;
  readonly description: string;
  readonly high: number | null;
  readonly low: number | null;
  readonly name: string;
  readonly type: "int" | "float" | "bool" | "str";
}

export interface PartMessage {
  readonly lag_ms: number | null;
  readonly name: string;
  readonly start: string | null;
  readonly state: "up" | "down" | "behind" | "unknown";
}

export interface PositionMessage {
  readonly account: string;
  readonly cost: string;
  readonly fees: string;
  readonly quantity: string;
  readonly realised: string;
  readonly symbol: string;
}

export interface PricePoint {
  readonly close: string;
  readonly high: string;
  readonly lines: readonly (number | null)[];
  readonly low: string;
  readonly open: string;
  readonly timestamp: string;
  readonly volume: string;
}

export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly request_id: string;
  readonly retryable: boolean;
  readonly status: number;
  readonly title: string;
  readonly type: string;
}

export interface Readiness {
  readonly checks: Readonly<Record<string, "ok" | "failed">>;
  readonly status: "ready" | "not_ready" | "draining";
}

export interface ReproductionMessage {
  readonly backtest: string;
  readonly cause: string | null;
  readonly code: string | null;
  readonly created_at: string | null;
  readonly detail: string | null;
  readonly differences: readonly string[];
  readonly equal: boolean | null;
  readonly job: string | null;
  readonly progress: number;
  readonly reproduced_at: string | null;
  readonly result_hash: string | null;
  readonly status: "none" | "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead";
  readonly stored_result_hash: string | null;
}

export interface RunAccount {
  readonly backtest: string;
  readonly bars: number;
  readonly events: readonly AccountEvent[];
  readonly exposure: Exposure;
  readonly held: number;
  readonly totals: readonly EventTotalMessage[];
}

export interface RunFigures {
  readonly assumptions: readonly FactMessage[];
  readonly backtest: string;
  readonly benchmark: string;
  readonly figures: readonly FigureMessage[];
  readonly histogram: HistogramMessage | null;
  readonly orders: readonly OrderGroupMessage[];
}

export interface RunLogMessage {
  readonly cut: number;
  readonly lines: readonly LogLineMessage[];
}

export interface RunPrices {
  readonly backtest: string;
  readonly bars: number;
  readonly data: readonly PricePoint[];
  readonly interval: string;
  readonly lines: readonly string[];
  readonly panes: readonly (string | null)[];
  readonly symbol: string;
}

export interface RunResult {
  readonly assets: readonly AssetMessage[];
  readonly bankrupt: boolean;
  readonly bars: number;
  readonly engine_version: string;
  readonly equity: string;
  readonly first_bar: string;
  readonly honesty: string;
  readonly last_bar: string;
  readonly metrics: Readonly<Record<string, MetricMessage>>;
  readonly metrics_basis: string;
  readonly notices: readonly string[];
  readonly report: string;
  readonly result_hash: string;
  readonly run_hash: string;
  readonly tables: Readonly<Record<string, string>>;
}

export interface RunSource {
  readonly backtest: string;
  readonly source: string | null;
  readonly source_sha256: string | null;
}

export interface SeriesCoverageMessage {
  readonly calendar: string | null;
  readonly interval: string;
  readonly parts: readonly CoveragePart[];
  readonly sessions_behind: number | null;
  readonly symbol: string;
}

export interface SeriesMessage {
  readonly changed_at: string;
  readonly doubts: DoubtCounts | null;
  readonly first: string;
  readonly interval: string;
  readonly last: string;
  readonly last_ingestion: LastIngestion | null;
  readonly quality_score: number | null;
  readonly rows: number;
  readonly source: string;
  readonly symbol: string;
}

export interface SeriesQualityMessage {
  readonly actions: readonly CorporateActionMessage[];
  readonly as_of: string;
  readonly doubts: DoubtCounts;
  readonly findings: readonly FindingMessage[];
  readonly interval: string;
  readonly rows: number;
  readonly score: number;
  readonly set_aside: readonly SetAsideMessage[];
  readonly set_aside_count: number;
  readonly symbol: string;
}

export interface SetAsideMessage {
  readonly at: string;
  readonly reason: string;
  readonly received_at: string;
  readonly row: Readonly<Record<string, number | string | null>>;
  readonly rules: readonly string[];
  readonly source: string;
}

export interface ShardMessage {
  readonly applied: string | null;
  readonly epoch: number | null;
  readonly events_hash: string | null;
  readonly journal_end: string | null;
  readonly journal_lag_ms: number | null;
  readonly memory_bytes: number | null;
  readonly memory_limit_bytes: number | null;
  readonly parts: readonly PartMessage[];
  readonly shard: number;
  readonly snapshot: SnapshotMessage | null;
  readonly well: boolean;
  readonly worker: WorkerMessage | null;
}

export interface SnapshotMessage {
  readonly at: string;
  readonly bytes: number;
  readonly entry: string;
  readonly epoch: number;
  readonly state_hash: string;
}

export interface StrategyDetail {
  readonly class_name: string;
  readonly description: string;
  readonly form: "signals" | "events";
  readonly least_symbols: number;
  readonly most_symbols: number | null;
  readonly name: string;
  readonly parameters: readonly ParameterMessage[];
  readonly source: string | null;
  readonly source_sha256: string | null;
  readonly summary: string;
  readonly warm_up_bars: number | null;
}

export interface StrategyMessage {
  readonly class_name: string;
  readonly least_symbols: number;
  readonly most_symbols: number | null;
  readonly name: string;
  readonly parameters: readonly ParameterMessage[];
  readonly summary: string;
}

export interface StrategyOfRun {
  readonly class_name: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly source_hash: string | null;
}

export interface SymbolMessage {
  readonly end: string | null;
  readonly start: string;
  readonly symbol: string;
}

export interface SymbolOutcome {
  readonly added?: number;
  readonly failed?: string | null;
  readonly notices?: readonly string[];
  readonly quarantined?: number;
  readonly score?: number | null;
  readonly source: string;
  readonly symbol: string;
  readonly unchanged?: number;
  readonly updated?: number;
  readonly vendor_failed?: boolean;
}

export interface TradedInstrument {
  readonly last: string | null;
  readonly phase: "continuous" | "auction" | "halted" | "closed" | null;
  readonly shard: number;
  readonly symbol: string;
}

export interface TradingMessage {
  readonly currency: string;
  readonly lot_size: string;
  readonly shard: number;
  readonly tick_size: string;
}

export interface UploadMessage {
  readonly bytes: number;
  readonly columns: readonly ColumnMessage[];
  readonly ingestion: string | null;
  readonly interval: string | null;
  readonly notices: readonly string[];
  readonly problem: string | null;
  readonly rows: readonly (readonly string[])[];
  readonly symbol: string | null;
  readonly symbols: readonly string[];
}

export interface UserChange {
  readonly is_active?: boolean | null;
  readonly password?: string | null;
  readonly role?: "admin" | "trader" | "viewer" | null;
}

export interface UserMessage {
  readonly created_at: string;
  readonly id: string;
  readonly is_active: boolean;
  readonly last_login_at: string | null;
  readonly must_change_password: boolean;
  readonly name: string;
  readonly role: "viewer" | "trader" | "admin";
}

export interface ValidationMessage {
  readonly accepted: boolean;
  readonly account: string;
  readonly as_of: string;
  readonly checks: readonly CheckMessage[];
  readonly code: string | null;
  readonly detail: string | null;
  readonly fills_at_once: string | null;
  readonly repeats: string | null;
}

export interface VendorKeyMessage {
  readonly set_at: string | null;
  readonly source: "environment" | "stored" | null;
  readonly title: string;
  readonly vendor: string;
}

export interface WeightCurve {
  readonly symbol: string;
  readonly values: readonly number[];
}

export interface WorkerMessage {
  readonly at: string;
  readonly commands: number;
  readonly commands_per_second: number;
  readonly events: number;
  readonly events_per_second: number;
  readonly fresh: boolean;
  readonly latency: LatencyMessage;
  readonly refused: Readonly<Record<string, number>>;
}
