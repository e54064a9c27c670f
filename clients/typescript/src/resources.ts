// Every resource of the gateway.

import type {
  AccountDetail,
  AccountMessage,
  AuditMessage,
  BacktestMessage,
  BacktestValidation,
  BarMessage,
  BookMessage,
  Cancelled,
  EquityCurve,
  ExchangeMessage,
  FillMessage,
  IngestionMessage,
  InstrumentMessage,
  KeyMessage,
  KillSwitch,
  MadeKey,
  Me,
  NewAccount,
  NewBacktest,
  NewIngestion,
  NewKey,
  NewOrder,
  NewUser,
  OrderChange,
  OrderMessage,
  OrderOutcome,
  Page,
  PositionMessage,
  ReproductionMessage,
  RunAccount,
  RunFigures,
  RunLogMessage,
  RunPrices,
  RunSource,
  SeriesCoverageMessage,
  SeriesMessage,
  SeriesQualityMessage,
  StrategyDetail,
  StrategyMessage,
  UploadMessage,
  UserChange,
  UserMessage,
  ValidationMessage,
  VendorKeyMessage,
} from "./messages.js";
import { newClientOrderId } from "./order_ids.js";
import { GatewayError } from "./problems.js";
import type { Ask, Transport } from "./transport.js";
import { sleep, waitBefore } from "./waiting.js";

const MOST_ROWS = 500;
const SOONEST_MS = 50;
const LATEST_MS = 1_000;
type Row = Readonly<Record<string, unknown>>;
type Status = BacktestMessage["status"];
type BarsQuery = Readonly<{
  symbol: string;
  interval?: string;
  start?: string;
  end?: string;
  /** Bars as ingested, or of what traded on the exchange. */
  source?: "stored" | "exchange";
}>;
type Query = NonNullable<Ask["query"]>;

/** The rows of a list, page after page, each asked for when it is needed. */
async function* pages<T>(
  transport: Transport,
  path: string,
  query: Query = {},
): AsyncGenerator<T> {
  for (let cursor: string | null = null; ;) {
    const page: Page<T> = await transport.json("GET", path, {
      query: { limit: MOST_ROWS, cursor, ...query },
    });
    yield* page.data;
    cursor = page.next_cursor;
    if (cursor === null) return;
  }
}

const step = encodeURIComponent;

export function resources(transport: Transport) {
  const get = <T>(path: string, query: Query = {}): Promise<T> =>
    transport.json("GET", path, { query });
  const list = <T>(path: string, query: Query = {}): AsyncGenerator<T> =>
    pages<T>(transport, path, query);
  const post = <T>(path: string, body?: unknown): Promise<T> =>
    transport.json("POST", path, { body });

  return {
    me: {
      get: () => get<Me>("/api/v1/auth/me"),
      changePassword: (current: string, password: string) =>
        transport.json<UserMessage>("PUT", "/api/v1/auth/password", {
          body: { current, password },
          isSafe: false,
        }),
    },

    orders: {
      /** Submit an order: it gets a client order id if it has none, so it is executed once, however often it is sent. */
      submit: async (order: NewOrder): Promise<OrderOutcome> => {
        const sent = {
          ...order,
          client_order_id: order.client_order_id ?? newClientOrderId(),
        };
        for (let failed = 0; ;) {
          const ask = { body: sent, key: sent.client_order_id };
          const found = await transport.json<OrderOutcome>(
            "POST",
            "/api/v1/orders",
            ask,
          );
          if (found.status !== "unknown" || failed >= transport.retries)
            return found;
          failed += 1;
          await sleep(waitBefore(failed));
        }
      },
      /** What every check of an order would find now; nothing is sent. */
      validate: (order: NewOrder) =>
        post<ValidationMessage>("/api/v1/orders/validations", order),
      change: (order: string, change: OrderChange, account?: string) =>
        transport.json<OrderOutcome>("PATCH", `/api/v1/orders/${step(order)}`, {
          body: change,
          query: { account },
          isSafe: true, // what is asked for is absolute: twice is as once
        }),
      cancel: (order: string, account?: string) =>
        transport.json<OrderOutcome>(
          "DELETE",
          `/api/v1/orders/${step(order)}`,
          { query: { account } },
        ),
      cancelAll: (
        query: {
          account?: string;
          symbol?: string;
          side?: "buy" | "sell";
        } = {},
      ) => transport.json<Cancelled>("DELETE", "/api/v1/orders", { query }),
      /** The dead-man switch: all orders go unless it is set again in time; 0 turns it off. */
      cancelAllAfter: (milliseconds: number, account?: string) =>
        post<Cancelled>("/api/v1/orders/cancel_all_after", {
          milliseconds,
          account,
        }),
      get: (order: string, account?: string) =>
        get<OrderMessage>(`/api/v1/orders/${step(order)}`, { account }),
      /** The order that was sent under a client order id; undefined: nothing is known of it yet. */
      find: async (
        clientOrderId: string,
        account?: string,
      ): Promise<OrderMessage | undefined> => {
        const query = { client_order_id: clientOrderId, account };
        return (await get<Page<OrderMessage>>("/api/v1/orders", query)).data[0];
      },
      list: (query: { account?: string; status?: "open" | "all" } = {}) =>
        list<OrderMessage>("/api/v1/orders", query),
    },

    accounts: {
      list: () => list<AccountMessage>("/api/v1/accounts"),
      get: (account: string) =>
        get<AccountDetail>(`/api/v1/accounts/${step(account)}`),
      /** Open a paper account of one's own. */
      open: (account: NewAccount) =>
        post<AccountMessage>("/api/v1/accounts", account),
      /** The kill switch: open orders go, and no new one is taken until it is revived. */
      kill: (account: string) =>
        post<KillSwitch>(`/api/v1/accounts/${step(account)}/kill`),
      revive: (account: string) =>
        post<KillSwitch>(`/api/v1/accounts/${step(account)}/revival`),
      give: (account: string, user: string) =>
        transport.json<AccountMessage>(
          "PUT",
          `/api/v1/accounts/${step(account)}/owner`,
          { body: { user } },
        ),
      positions: (account?: string) =>
        list<PositionMessage>("/api/v1/positions", { account }),
      fills: (account?: string) =>
        list<FillMessage>("/api/v1/fills", { account }),
    },

    /** How the paper exchange does: rates, latencies, lags, hashes, what it trades. */
    exchange: { get: () => get<ExchangeMessage>("/api/v1/exchange") },

    books: {
      get: (symbol: string, depth = 10) =>
        get<BookMessage>(`/api/v1/books/${step(symbol)}`, { depth }),
    },

    backtests: {
      submit: (backtest: NewBacktest) =>
        post<BacktestMessage>("/api/v1/backtests", backtest),
      /** What it would be of, without asking for it. */
      validate: (backtest: NewBacktest) =>
        post<BacktestValidation>("/api/v1/backtests/validations", backtest),
      get: (backtest: string) =>
        get<BacktestMessage>(`/api/v1/backtests/${step(backtest)}`),
      /** Wait until it is finished; `seen` is called with how far it is. A GatewayError says why there is no result. */
      wait: async (
        backtest: string,
        seen?: (job: BacktestMessage) => void,
      ): Promise<BacktestMessage> => {
        for (
          let pause = SOONEST_MS;
          ;
          pause = Math.min(LATEST_MS, pause * 1.5)
        ) {
          const found = await get<BacktestMessage>(
            `/api/v1/backtests/${step(backtest)}`,
          );
          if (found.status === "succeeded") return found;
          seen?.(found);
          if (
            found.status === "failed" ||
            found.status === "cancelled" ||
            found.status === "dead"
          ) {
            const { code, detail } = found.error ?? {
              code: "job.cancelled",
              detail: "It was cancelled.",
            };
            throw new GatewayError(code, `${found.id}: ${detail}`, 409, false);
          }
          await sleep(pause);
        }
      },
      cancel: (backtest: string) =>
        post<BacktestMessage>(
          `/api/v1/backtests/${step(backtest)}/cancellation`,
        ),
      list: (
        query: { status?: Status; strategy?: string; symbol?: string } = {},
      ) => list<BacktestMessage>("/api/v1/backtests", query),
      /** The equity of a range in at most `points` points: neighbours are joined, no extreme is lost. */
      equity: (
        backtest: string,
        query: { points?: number; start?: string; end?: string } = {},
      ) =>
        get<EquityCurve>(`/api/v1/backtests/${step(backtest)}/equity`, query),
      /** Prices as the run saw them, with what its strategy shows over them. */
      prices: (
        backtest: string,
        query: {
          symbol?: string;
          points?: number;
          start?: string;
          end?: string;
        } = {},
      ) => get<RunPrices>(`/api/v1/backtests/${step(backtest)}/prices`, query),
      /** Every metric with its formula, sample and the benchmark's. */
      figures: (backtest: string) =>
        get<RunFigures>(`/api/v1/backtests/${step(backtest)}/figures`),
      /** Exposure and the largest weights over time, and what happened to the account besides trades. */
      account: (backtest: string) =>
        get<RunAccount>(`/api/v1/backtests/${step(backtest)}/account`),
      /** The text of the strategy as it was when the backtest ran. */
      source: (backtest: string) =>
        get<RunSource>(`/api/v1/backtests/${step(backtest)}/source`),
      /** Have it run again and compared byte by byte; `reproduction` says what came of it. */
      reproduce: (backtest: string) =>
        post<ReproductionMessage>(
          `/api/v1/backtests/${step(backtest)}/reproduction`,
        ),
      reproduction: (backtest: string) =>
        get<ReproductionMessage>(
          `/api/v1/backtests/${step(backtest)}/reproduction`,
        ),
      table: (backtest: string, table: string) =>
        list<Row>(`/api/v1/backtests/${step(backtest)}/tables/${step(table)}`),
      /** What the strategy said, once the run has ended; `stream.run` tells it as it goes. */
      log: (backtest: string) =>
        get<RunLogMessage>(`/api/v1/backtests/${step(backtest)}/log`),
      honesty: (backtest: string) =>
        get<Row>(`/api/v1/backtests/${step(backtest)}/honesty`),
      report: async (backtest: string): Promise<string> => {
        const path = `/api/v1/backtests/${step(backtest)}/report`;
        return (
          await transport.ask("GET", path, { accept: "text/html" })
        ).text();
      },
    },

    bars: {
      list: (query: BarsQuery) => list<BarMessage>("/api/v1/bars", query),
      /** A range in at most `points` bars for a chart: neighbours are joined, no high or low is lost. */
      chart: async (query: BarsQuery & { points: number }) =>
        (await get<Page<BarMessage>>("/api/v1/bars", query)).data,
    },

    instruments: {
      list: (search?: string) =>
        list<InstrumentMessage>("/api/v1/instruments", { search }),
      get: (symbol: string) =>
        get<InstrumentMessage>(`/api/v1/instruments/${step(symbol)}`),
    },

    series: {
      list: (search?: string) =>
        list<SeriesMessage>("/api/v1/series", { search }),
      coverage: (
        symbol: string,
        interval: string,
        query: { start?: string; end?: string } = {},
      ) =>
        get<SeriesCoverageMessage>(
          `/api/v1/series/${step(symbol)}/${step(interval)}/coverage`,
          query,
        ),
      quality: (symbol: string, interval: string) =>
        get<SeriesQualityMessage>(
          `/api/v1/series/${step(symbol)}/${step(interval)}/quality`,
        ),
    },

    ingestions: {
      /** A CSV file of bars becomes an ingestion; with `preview` it is only said what it would be taken as. */
      upload: (
        file: Blob,
        query: { symbol?: string; interval?: string; preview?: "true" } = {},
      ) =>
        transport.json<UploadMessage>("POST", "/api/v1/ingestions/uploads", {
          file,
          query,
        }),
      submit: (ingestion: NewIngestion) =>
        post<IngestionMessage>("/api/v1/ingestions", ingestion),
      get: (ingestion: string) =>
        get<IngestionMessage>(`/api/v1/ingestions/${step(ingestion)}`),
      cancel: (ingestion: string) =>
        post<IngestionMessage>(
          `/api/v1/ingestions/${step(ingestion)}/cancellation`,
        ),
      list: (query: { status?: Status } = {}) =>
        list<IngestionMessage>("/api/v1/ingestions", query),
    },

    strategies: {
      list: () => list<StrategyMessage>("/api/v1/strategies"),
      get: (name: string) =>
        get<StrategyDetail>(`/api/v1/strategies/${step(name)}`),
    },

    keys: {
      add: (key: NewKey) => post<MadeKey>("/api/v1/keys", key),
      get: (key: string) => get<KeyMessage>(`/api/v1/keys/${step(key)}`),
      revoke: (key: string) =>
        transport.json<KeyMessage>("DELETE", `/api/v1/keys/${step(key)}`),
      list: () => list<KeyMessage>("/api/v1/keys"),
    },

    users: {
      add: (user: NewUser) => post<UserMessage>("/api/v1/users", user),
      get: (user: string) => get<UserMessage>(`/api/v1/users/${step(user)}`),
      /** Change a user, unless somebody else does at the same time (`conflict.changed`). */
      change: async (
        user: string,
        change: UserChange,
      ): Promise<UserMessage> => {
        const path = `/api/v1/users/${step(user)}`;
        const tag =
          (await transport.ask("GET", path)).headers.get("ETag") ?? "";
        return transport.json("PATCH", path, {
          body: change,
          headers: { "If-Match": tag },
        });
      },
      list: () => list<UserMessage>("/api/v1/users"),
    },

    vendorKeys: {
      list: async () =>
        (await get<Page<VendorKeyMessage>>("/api/v1/vendor_keys")).data,
      set: (vendor: string, key: string) =>
        transport.json<VendorKeyMessage>(
          "PUT",
          `/api/v1/vendor_keys/${step(vendor)}`,
          { body: { key } },
        ),
      remove: (vendor: string) =>
        transport.json<VendorKeyMessage>(
          "DELETE",
          `/api/v1/vendor_keys/${step(vendor)}`,
        ),
    },

    audit: { list: () => list<AuditMessage>("/api/v1/audit_entries") },
  };
}
