// Every request of the gateway. Written by `npm run generate` from docs/openapi.json; do not edit.
import { emptyApi as api } from "./empty_api";
export const addTagTypes = [
  "accounts",
  "audit",
  "auth",
  "backtests",
  "bars",
  "books",
  "exchange",
  "ingestions",
  "instruments",
  "keys",
  "orders",
  "series",
  "strategies",
  "users",
  "vendor keys",
  "health",
] as const;
const injectedRtkApi = api
  .enhanceEndpoints({
    addTagTypes,
  })
  .injectEndpoints({
    endpoints: (build) => ({
      listAccounts: build.query<ListAccountsApiResponse, ListAccountsApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/accounts`,
          params: {
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["accounts"],
      }),
      openAccount: build.mutation<OpenAccountApiResponse, OpenAccountApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/accounts`,
          method: "POST",
          body: queryArg.newAccount,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["accounts"],
      }),
      getAccount: build.query<GetAccountApiResponse, GetAccountApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/accounts/${encodeURIComponent(String(queryArg.account))}`,
        }),
        providesTags: ["accounts"],
      }),
      killAccount: build.mutation<KillAccountApiResponse, KillAccountApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/accounts/${encodeURIComponent(String(queryArg.account))}/kill`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["accounts"],
      }),
      giveAccount: build.mutation<GiveAccountApiResponse, GiveAccountApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/accounts/${encodeURIComponent(String(queryArg.account))}/owner`,
          method: "PUT",
          body: queryArg.accountOwner,
        }),
        invalidatesTags: ["accounts"],
      }),
      reviveAccount: build.mutation<ReviveAccountApiResponse, ReviveAccountApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/accounts/${encodeURIComponent(String(queryArg.account))}/revival`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["accounts"],
      }),
      listAuditEntries: build.query<ListAuditEntriesApiResponse, ListAuditEntriesApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/audit_entries`,
          params: {
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["audit"],
      }),
      login: build.mutation<LoginApiResponse, LoginApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/auth/login`,
          method: "POST",
          body: queryArg.credentials,
        }),
        invalidatesTags: ["auth"],
      }),
      logout: build.mutation<LogoutApiResponse, LogoutApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/auth/logout`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["auth"],
      }),
      me: build.query<MeApiResponse, MeApiArg>({
        query: () => ({ url: `/api/v1/auth/me` }),
        providesTags: ["auth"],
      }),
      changePassword: build.mutation<ChangePasswordApiResponse, ChangePasswordApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/auth/password`,
          method: "PUT",
          body: queryArg.newPassword,
        }),
        invalidatesTags: ["auth"],
      }),
      refresh: build.mutation<RefreshApiResponse, RefreshApiArg>({
        query: () => ({ url: `/api/v1/auth/refresh`, method: "POST" }),
        invalidatesTags: ["auth"],
      }),
      listBacktests: build.query<ListBacktestsApiResponse, ListBacktestsApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests`,
          params: {
            status: queryArg.status,
            strategy: queryArg.strategy,
            symbol: queryArg["symbol"],
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["backtests"],
      }),
      addBacktest: build.mutation<AddBacktestApiResponse, AddBacktestApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests`,
          method: "POST",
          body: queryArg.newBacktest,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["backtests"],
      }),
      validateBacktest: build.mutation<ValidateBacktestApiResponse, ValidateBacktestApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/validations`,
          method: "POST",
          body: queryArg.newBacktest,
        }),
        invalidatesTags: ["backtests"],
      }),
      getBacktest: build.query<GetBacktestApiResponse, GetBacktestApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}`,
          headers: {
            "If-None-Match": queryArg["If-None-Match"],
          },
        }),
        providesTags: ["backtests"],
      }),
      getBacktestAccount: build.query<GetBacktestAccountApiResponse, GetBacktestAccountApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}/account`,
        }),
        providesTags: ["backtests"],
      }),
      cancelBacktest: build.mutation<CancelBacktestApiResponse, CancelBacktestApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}/cancellation`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["backtests"],
      }),
      getBacktestEquity: build.query<GetBacktestEquityApiResponse, GetBacktestEquityApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}/equity`,
          headers: {
            "If-None-Match": queryArg["If-None-Match"],
          },
          params: {
            start: queryArg.start,
            end: queryArg.end,
            points: queryArg.points,
          },
        }),
        providesTags: ["backtests"],
      }),
      getBacktestFigures: build.query<GetBacktestFiguresApiResponse, GetBacktestFiguresApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}/figures`,
        }),
        providesTags: ["backtests"],
      }),
      getBacktestHonesty: build.query<GetBacktestHonestyApiResponse, GetBacktestHonestyApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}/honesty`,
          headers: {
            "If-None-Match": queryArg["If-None-Match"],
          },
        }),
        providesTags: ["backtests"],
      }),
      getBacktestLog: build.query<GetBacktestLogApiResponse, GetBacktestLogApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}/log`,
        }),
        providesTags: ["backtests"],
      }),
      getBacktestPrices: build.query<GetBacktestPricesApiResponse, GetBacktestPricesApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}/prices`,
          params: {
            symbol: queryArg["symbol"],
            start: queryArg.start,
            end: queryArg.end,
            points: queryArg.points,
          },
        }),
        providesTags: ["backtests"],
      }),
      getBacktestReport: build.query<GetBacktestReportApiResponse, GetBacktestReportApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}/report`,
          headers: {
            "If-None-Match": queryArg["If-None-Match"],
          },
        }),
        providesTags: ["backtests"],
      }),
      getReproduction: build.query<GetReproductionApiResponse, GetReproductionApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}/reproduction`,
        }),
        providesTags: ["backtests"],
      }),
      reproduceBacktest: build.mutation<ReproduceBacktestApiResponse, ReproduceBacktestApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}/reproduction`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["backtests"],
      }),
      getBacktestSource: build.query<GetBacktestSourceApiResponse, GetBacktestSourceApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}/source`,
        }),
        providesTags: ["backtests"],
      }),
      getBacktestTable: build.query<GetBacktestTableApiResponse, GetBacktestTableApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/backtests/${encodeURIComponent(String(queryArg.backtest))}/tables/${encodeURIComponent(String(queryArg.table))}`,
          headers: {
            "If-None-Match": queryArg["If-None-Match"],
          },
          params: {
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["backtests"],
      }),
      listBars: build.query<ListBarsApiResponse, ListBarsApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/bars`,
          headers: {
            "If-None-Match": queryArg["If-None-Match"],
          },
          params: {
            symbol: queryArg["symbol"],
            interval: queryArg.interval,
            start: queryArg.start,
            end: queryArg.end,
            source: queryArg.source,
            points: queryArg.points,
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["bars"],
      }),
      getBook: build.query<GetBookApiResponse, GetBookApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/books/${encodeURIComponent(String(queryArg["symbol"]))}`,
          params: {
            depth: queryArg.depth,
          },
        }),
        providesTags: ["books"],
      }),
      getExchange: build.query<GetExchangeApiResponse, GetExchangeApiArg>({
        query: () => ({ url: `/api/v1/exchange` }),
        providesTags: ["exchange"],
      }),
      listFills: build.query<ListFillsApiResponse, ListFillsApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/fills`,
          params: {
            account: queryArg.account,
            order: queryArg.order,
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["accounts"],
      }),
      listIngestions: build.query<ListIngestionsApiResponse, ListIngestionsApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/ingestions`,
          params: {
            status: queryArg.status,
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["ingestions"],
      }),
      addIngestion: build.mutation<AddIngestionApiResponse, AddIngestionApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/ingestions`,
          method: "POST",
          body: queryArg.newIngestion,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["ingestions"],
      }),
      uploadBars: build.mutation<UploadBarsApiResponse, UploadBarsApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/ingestions/uploads`,
          method: "POST",
          body: queryArg.body,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
          params: {
            symbol: queryArg["symbol"],
            interval: queryArg.interval,
            timezone: queryArg.timezone,
            date_column: queryArg.dateColumn,
            time_column: queryArg.timeColumn,
            open_column: queryArg.openColumn,
            high_column: queryArg.highColumn,
            low_column: queryArg.lowColumn,
            close_column: queryArg.closeColumn,
            volume_column: queryArg.volumeColumn,
            adj_close_column: queryArg.adjCloseColumn,
            symbol_column: queryArg.symbolColumn,
            replace_source: queryArg.replaceSource,
            preview: queryArg.preview,
          },
        }),
        invalidatesTags: ["ingestions"],
      }),
      getIngestion: build.query<GetIngestionApiResponse, GetIngestionApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/ingestions/${encodeURIComponent(String(queryArg.ingestion))}`,
        }),
        providesTags: ["ingestions"],
      }),
      cancelIngestion: build.mutation<CancelIngestionApiResponse, CancelIngestionApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/ingestions/${encodeURIComponent(String(queryArg.ingestion))}/cancellation`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["ingestions"],
      }),
      listInstruments: build.query<ListInstrumentsApiResponse, ListInstrumentsApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/instruments`,
          params: {
            search: queryArg.search,
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["instruments"],
      }),
      getInstrument: build.query<GetInstrumentApiResponse, GetInstrumentApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/instruments/${encodeURIComponent(String(queryArg["symbol"]))}`,
        }),
        providesTags: ["instruments"],
      }),
      listKeys: build.query<ListKeysApiResponse, ListKeysApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/keys`,
          params: {
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["keys"],
      }),
      addKey: build.mutation<AddKeyApiResponse, AddKeyApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/keys`,
          method: "POST",
          body: queryArg.newKey,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["keys"],
      }),
      revokeKey: build.mutation<RevokeKeyApiResponse, RevokeKeyApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/keys/${encodeURIComponent(String(queryArg.key))}`,
          method: "DELETE",
        }),
        invalidatesTags: ["keys"],
      }),
      getKey: build.query<GetKeyApiResponse, GetKeyApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/keys/${encodeURIComponent(String(queryArg.key))}`,
        }),
        providesTags: ["keys"],
      }),
      cancelOrders: build.mutation<CancelOrdersApiResponse, CancelOrdersApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/orders`,
          method: "DELETE",
          params: {
            account: queryArg.account,
            symbol: queryArg["symbol"],
            side: queryArg.side,
          },
        }),
        invalidatesTags: ["orders"],
      }),
      listOrders: build.query<ListOrdersApiResponse, ListOrdersApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/orders`,
          params: {
            account: queryArg.account,
            client_order_id: queryArg.clientOrderId,
            deadline: queryArg.deadline,
            status: queryArg.status,
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["orders"],
      }),
      addOrder: build.mutation<AddOrderApiResponse, AddOrderApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/orders`,
          method: "POST",
          body: queryArg.newOrder,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["orders"],
      }),
      cancelAllAfter: build.mutation<CancelAllAfterApiResponse, CancelAllAfterApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/orders/cancel_all_after`,
          method: "POST",
          body: queryArg.cancelAllAfter,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["orders"],
      }),
      validateOrder: build.mutation<ValidateOrderApiResponse, ValidateOrderApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/orders/validations`,
          method: "POST",
          body: queryArg.newOrder,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["orders"],
      }),
      cancelOrder: build.mutation<CancelOrderApiResponse, CancelOrderApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/orders/${encodeURIComponent(String(queryArg.order))}`,
          method: "DELETE",
          headers: {
            "If-Match": queryArg["If-Match"],
          },
          params: {
            account: queryArg.account,
          },
        }),
        invalidatesTags: ["orders"],
      }),
      getOrder: build.query<GetOrderApiResponse, GetOrderApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/orders/${encodeURIComponent(String(queryArg.order))}`,
          headers: {
            "If-None-Match": queryArg["If-None-Match"],
          },
          params: {
            account: queryArg.account,
          },
        }),
        providesTags: ["orders"],
      }),
      changeOrder: build.mutation<ChangeOrderApiResponse, ChangeOrderApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/orders/${encodeURIComponent(String(queryArg.order))}`,
          method: "PATCH",
          body: queryArg.orderChange,
          headers: {
            "If-Match": queryArg["If-Match"],
          },
          params: {
            account: queryArg.account,
          },
        }),
        invalidatesTags: ["orders"],
      }),
      listPositions: build.query<ListPositionsApiResponse, ListPositionsApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/positions`,
          params: {
            account: queryArg.account,
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["accounts"],
      }),
      listSeries: build.query<ListSeriesApiResponse, ListSeriesApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/series`,
          params: {
            search: queryArg.search,
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["series"],
      }),
      getSeriesCoverage: build.query<GetSeriesCoverageApiResponse, GetSeriesCoverageApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/series/${encodeURIComponent(String(queryArg["symbol"]))}/${encodeURIComponent(String(queryArg.interval))}/coverage`,
          params: {
            start: queryArg.start,
            end: queryArg.end,
          },
        }),
        providesTags: ["series"],
      }),
      getSeriesQuality: build.query<GetSeriesQualityApiResponse, GetSeriesQualityApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/series/${encodeURIComponent(String(queryArg["symbol"]))}/${encodeURIComponent(String(queryArg.interval))}/quality`,
        }),
        providesTags: ["series"],
      }),
      listStrategies: build.query<ListStrategiesApiResponse, ListStrategiesApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/strategies`,
          params: {
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["strategies"],
      }),
      getStrategy: build.query<GetStrategyApiResponse, GetStrategyApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/strategies/${encodeURIComponent(String(queryArg.name))}`,
        }),
        providesTags: ["strategies"],
      }),
      listUsers: build.query<ListUsersApiResponse, ListUsersApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/users`,
          params: {
            limit: queryArg.limit,
            cursor: queryArg.cursor,
          },
        }),
        providesTags: ["users"],
      }),
      addUser: build.mutation<AddUserApiResponse, AddUserApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/users`,
          method: "POST",
          body: queryArg.newUser,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["users"],
      }),
      getUser: build.query<GetUserApiResponse, GetUserApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/users/${encodeURIComponent(String(queryArg.user))}`,
        }),
        providesTags: ["users"],
      }),
      changeUser: build.mutation<ChangeUserApiResponse, ChangeUserApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/users/${encodeURIComponent(String(queryArg.user))}`,
          method: "PATCH",
          body: queryArg.userChange,
          headers: {
            "If-Match": queryArg["If-Match"],
          },
        }),
        invalidatesTags: ["users"],
      }),
      listVendorKeys: build.query<ListVendorKeysApiResponse, ListVendorKeysApiArg>({
        query: () => ({ url: `/api/v1/vendor_keys` }),
        providesTags: ["vendor keys"],
      }),
      removeVendorKey: build.mutation<RemoveVendorKeyApiResponse, RemoveVendorKeyApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/vendor_keys/${encodeURIComponent(String(queryArg.vendor))}`,
          method: "DELETE",
        }),
        invalidatesTags: ["vendor keys"],
      }),
      setVendorKey: build.mutation<SetVendorKeyApiResponse, SetVendorKeyApiArg>({
        query: (queryArg) => ({
          url: `/api/v1/vendor_keys/${encodeURIComponent(String(queryArg.vendor))}`,
          method: "PUT",
          body: queryArg.newVendorKey,
        }),
        invalidatesTags: ["vendor keys"],
      }),
      health: build.query<HealthApiResponse, HealthApiArg>({
        query: () => ({ url: `/health` }),
        providesTags: ["health"],
      }),
      ready: build.query<ReadyApiResponse, ReadyApiArg>({
        query: () => ({ url: `/ready` }),
        providesTags: ["health"],
      }),
    }),
    overrideExisting: false,
  });
export { injectedRtkApi as generatedApi };
export type ListAccountsApiResponse = /** status 200 Request fulfilled, document follows */ PageAccountMessage;
export type ListAccountsApiArg = {
  /** Rows of a page. */
  limit?: number;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
};
export type OpenAccountApiResponse = /** status 201 Document created, URL follows */ AccountMessage;
export type OpenAccountApiArg = {
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
  newAccount: NewAccount;
};
export type GetAccountApiResponse = /** status 200 Request fulfilled, document follows */ AccountDetail;
export type GetAccountApiArg = {
  /** Of an account: acc_ and 26 characters. */
  account: string;
};
export type KillAccountApiResponse =
  | /** status 200 Request fulfilled, document follows */ KillSwitch
  | /** status 202 The outcome is not known yet. */ KillSwitch;
export type KillAccountApiArg = {
  /** Of an account: acc_ and 26 characters. */
  account: string;
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
};
export type GiveAccountApiResponse = /** status 200 Request fulfilled, document follows */ AccountMessage;
export type GiveAccountApiArg = {
  /** Of an account: acc_ and 26 characters. */
  account: string;
  accountOwner: AccountOwner;
};
export type ReviveAccountApiResponse =
  | /** status 200 Request fulfilled, document follows */ KillSwitch
  | /** status 202 The outcome is not known yet. */ KillSwitch;
export type ReviveAccountApiArg = {
  /** Of an account: acc_ and 26 characters. */
  account: string;
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
};
export type ListAuditEntriesApiResponse = /** status 200 Request fulfilled, document follows */ PageAuditMessage;
export type ListAuditEntriesApiArg = {
  /** Rows of a page. */
  limit?: number;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
};
export type LoginApiResponse = /** status 200 Request fulfilled, document follows */ AccessToken;
export type LoginApiArg = {
  credentials: Credentials;
};
export type LogoutApiResponse = unknown;
export type LogoutApiArg = {
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
};
export type MeApiResponse = /** status 200 Request fulfilled, document follows */ Me;
export type MeApiArg = void;
export type ChangePasswordApiResponse = /** status 200 Request fulfilled, document follows */ UserMessage;
export type ChangePasswordApiArg = {
  newPassword: NewPassword;
};
export type RefreshApiResponse = /** status 200 Request fulfilled, document follows */ AccessToken;
export type RefreshApiArg = void;
export type ListBacktestsApiResponse = /** status 200 Request fulfilled, document follows */ PageBacktestMessage;
export type ListBacktestsApiArg = {
  status?:
    | ("queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead" | null)
    | ("queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead" | null);
  /** Only of this strategy. */
  strategy?: string | null;
  /** Only those that trade this symbol. */
  symbol?: string | null;
  /** Rows of a page. */
  limit?: number;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
};
export type AddBacktestApiResponse = /** status 202 Request accepted, processing continues off-line */ BacktestMessage;
export type AddBacktestApiArg = {
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
  newBacktest: NewBacktest;
};
export type ValidateBacktestApiResponse = /** status 200 Request fulfilled, document follows */ BacktestValidation;
export type ValidateBacktestApiArg = {
  newBacktest: NewBacktest;
};
export type GetBacktestApiResponse = /** status 200 Request fulfilled, document follows */ BacktestMessage;
export type GetBacktestApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
  /** ETags that you have: 304 while one of them is its own. */
  "If-None-Match"?: string;
};
export type GetBacktestAccountApiResponse = /** status 200 Request fulfilled, document follows */ RunAccount;
export type GetBacktestAccountApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
};
export type CancelBacktestApiResponse =
  /** status 202 Request accepted, processing continues off-line */ BacktestMessage;
export type CancelBacktestApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
};
export type GetBacktestEquityApiResponse = /** status 200 A page, or the table */ EquityCurve;
export type GetBacktestEquityApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
  /** From there on: a day, such as 2024-01-31, or a moment, such as 2024-01-31T14:30:00Z. */
  start?: string | null;
  /** Up to there: a day, which counts, such as 2024-01-31; or a moment, which does not, such as 2024-02-01T00:00:00Z. */
  end?: string | null;
  /** The most points that a chart has; neighbours are joined. */
  points?: number;
  /** ETags that you have: 304 while one of them is its own. */
  "If-None-Match"?: string;
};
export type GetBacktestFiguresApiResponse = /** status 200 Request fulfilled, document follows */ RunFigures;
export type GetBacktestFiguresApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
};
export type GetBacktestHonestyApiResponse = /** status 200 Request fulfilled, document follows */ {
  [key: string]: unknown;
};
export type GetBacktestHonestyApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
  /** ETags that you have: 304 while one of them is its own. */
  "If-None-Match"?: string;
};
export type GetBacktestLogApiResponse = /** status 200 Request fulfilled, document follows */ RunLogMessage;
export type GetBacktestLogApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
};
export type GetBacktestPricesApiResponse = /** status 200 Request fulfilled, document follows */ RunPrices;
export type GetBacktestPricesApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
  /** Left out: the first it traded. */
  symbol?: string | null;
  /** From there on: a day, such as 2024-01-31, or a moment, such as 2024-01-31T14:30:00Z. */
  start?: string | null;
  /** Up to there: a day, which counts, such as 2024-01-31; or a moment, which does not, such as 2024-02-01T00:00:00Z. */
  end?: string | null;
  /** The most points that a chart has; neighbours are joined. */
  points?: number;
};
export type GetBacktestReportApiResponse = /** status 200 Request fulfilled, document follows */ string;
export type GetBacktestReportApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
  /** ETags that you have: 304 while one of them is its own. */
  "If-None-Match"?: string;
};
export type GetReproductionApiResponse = /** status 200 Request fulfilled, document follows */ ReproductionMessage;
export type GetReproductionApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
};
export type ReproduceBacktestApiResponse =
  /** status 202 Request accepted, processing continues off-line */ ReproductionMessage;
export type ReproduceBacktestApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
};
export type GetBacktestSourceApiResponse = /** status 200 Request fulfilled, document follows */ RunSource;
export type GetBacktestSourceApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
};
export type GetBacktestTableApiResponse = /** status 200 A page, or the table */ RowPage;
export type GetBacktestTableApiArg = {
  /** Of a backtest: bt_ and 26 characters. */
  backtest: string;
  table:
    | "equity"
    | "orders"
    | "fills"
    | "events"
    | "trades"
    | "contributions"
    | "monthly"
    | "yearly"
    | "drawdowns"
    | "var_backtest"
    | "rolling"
    | "returns";
  /** Rows of a page of JSON (left out: 500); of another format the first so many (left out: all). */
  limit?: number | null;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
  /** ETags that you have: 304 while one of them is its own. */
  "If-None-Match"?: string;
};
export type ListBarsApiResponse = /** status 200 A page, or the table */ BarPage;
export type ListBarsApiArg = {
  /** Of an instrument. */
  symbol: string;
  /** Such as 1m, 1h, 1d. */
  interval?: string;
  /** From there on: a day, such as 2024-01-31, or a moment, such as 2024-01-31T14:30:00Z. */
  start?: string | null;
  /** Up to there: a day, which counts, such as 2024-01-31; or a moment, which does not, such as 2024-02-01T00:00:00Z. */
  end?: string | null;
  /** `stored`: bars as ingested; `exchange`: of what traded on the exchange here. */
  source?: "stored" | "exchange";
  /** The most points that a chart has; neighbours are joined. */
  points?: number | null;
  /** Rows of a page of JSON (left out: 500); of another format the first so many (left out: all). */
  limit?: number | null;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
  /** ETags that you have: 304 while one of them is its own. */
  "If-None-Match"?: string;
};
export type GetBookApiResponse = /** status 200 Request fulfilled, document follows */ BookMessage;
export type GetBookApiArg = {
  /** Of an instrument. */
  symbol: string;
  /** Levels a side. */
  depth?: number;
};
export type GetExchangeApiResponse = /** status 200 Request fulfilled, document follows */ ExchangeMessage;
export type GetExchangeApiArg = void;
export type ListFillsApiResponse = /** status 200 Request fulfilled, document follows */ PageFillMessage;
export type ListFillsApiArg = {
  /** Id or name; left out: the only one there is. */
  account?: string | null;
  /** Of this order only. */
  order?: string | null;
  /** Rows of a page. */
  limit?: number;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
};
export type ListIngestionsApiResponse = /** status 200 Request fulfilled, document follows */ PageIngestionMessage;
export type ListIngestionsApiArg = {
  status?:
    | ("queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead" | null)
    | ("queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead" | null);
  /** Rows of a page. */
  limit?: number;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
};
export type AddIngestionApiResponse =
  /** status 202 Request accepted, processing continues off-line */ IngestionMessage;
export type AddIngestionApiArg = {
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
  newIngestion: NewIngestion;
};
export type UploadBarsApiResponse =
  | /** status 200 A preview: nothing was kept. */ UploadMessage
  | /** status 202 Request accepted, processing continues off-line */ UploadMessage;
export type UploadBarsApiArg = {
  /** Whose bars they are. Needed to store them. */
  symbol?: string | null;
  /** Left out: as the times tell. */
  interval?: string | null;
  /** Clock of times that name none. */
  timezone?: string | null;
  /** Name of the column that has it. */
  dateColumn?: string | null;
  /** Name of the column that has it. */
  timeColumn?: string | null;
  /** Name of the column that has it. */
  openColumn?: string | null;
  /** Name of the column that has it. */
  highColumn?: string | null;
  /** Name of the column that has it. */
  lowColumn?: string | null;
  /** Name of the column that has it. */
  closeColumn?: string | null;
  /** Name of the column that has it. */
  volumeColumn?: string | null;
  /** Name of the column that has it. */
  adjCloseColumn?: string | null;
  /** Name of the column that has it. */
  symbolColumn?: string | null;
  /** Let it take the place of all bars of another source. */
  replaceSource?: boolean;
  /** Look at it and keep nothing. */
  preview?: boolean;
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
  body: string;
};
export type GetIngestionApiResponse = /** status 200 Request fulfilled, document follows */ IngestionMessage;
export type GetIngestionApiArg = {
  /** Of an ingestion: ing_ and 26 characters. */
  ingestion: string;
};
export type CancelIngestionApiResponse =
  /** status 202 Request accepted, processing continues off-line */ IngestionMessage;
export type CancelIngestionApiArg = {
  /** Of an ingestion: ing_ and 26 characters. */
  ingestion: string;
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
};
export type ListInstrumentsApiResponse = /** status 200 Request fulfilled, document follows */ PageInstrumentMessage;
export type ListInstrumentsApiArg = {
  /** Part of a symbol or name. */
  search?: string | null;
  /** Rows of a page. */
  limit?: number;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
};
export type GetInstrumentApiResponse = /** status 200 Request fulfilled, document follows */ InstrumentMessage;
export type GetInstrumentApiArg = {
  /** Of an instrument. */
  symbol: string;
};
export type ListKeysApiResponse = /** status 200 Request fulfilled, document follows */ PageKeyMessage;
export type ListKeysApiArg = {
  /** Rows of a page. */
  limit?: number;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
};
export type AddKeyApiResponse = /** status 201 Document created, URL follows */ MadeKey;
export type AddKeyApiArg = {
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
  newKey: NewKey;
};
export type RevokeKeyApiResponse = /** status 200 Request fulfilled, document follows */ KeyMessage;
export type RevokeKeyApiArg = {
  /** Of an API key: key_ and 26 characters. */
  key: string;
};
export type GetKeyApiResponse = /** status 200 Request fulfilled, document follows */ KeyMessage;
export type GetKeyApiArg = {
  /** Of an API key: key_ and 26 characters. */
  key: string;
};
export type CancelOrdersApiResponse =
  | /** status 200 Request fulfilled, document follows */ Cancelled
  | /** status 202 The outcome is not known yet. */ Cancelled;
export type CancelOrdersApiArg = {
  /** Id or name; left out: the only one there is. */
  account?: string | null;
  /** Of this symbol only. */
  symbol?: string | null;
  /** Of this side only. */
  side?: ("buy" | "sell" | null) | ("buy" | "sell" | null);
};
export type ListOrdersApiResponse =
  | /** status 200 Request fulfilled, document follows */ PageOrderMessage
  | /** status 202 Nothing is known of this client order id yet. */ PageOrderMessage;
export type ListOrdersApiArg = {
  /** Id or name; left out: the only one there is. */
  account?: string | null;
  /** Your own id of an order, as it was sent. */
  clientOrderId?: string | null;
  /** With a client order id: that of the order, as an answer 202 has it in its address. */
  deadline?: string | null;
  /** open: as of now; all: also what ended, as recorded. */
  status?: "open" | "all";
  /** Rows of a page. */
  limit?: number;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
};
export type AddOrderApiResponse =
  | /** status 201 Document created, URL follows */ OrderOutcome
  | /** status 202 The outcome is not known yet. */ OrderOutcome;
export type AddOrderApiArg = {
  /** The order's `client_order_id`, if the body has none: the same again has the first outcome. */
  "Idempotency-Key"?: string;
  newOrder: NewOrder;
};
export type CancelAllAfterApiResponse =
  | /** status 200 Request fulfilled, document follows */ Cancelled
  | /** status 202 The outcome is not known yet. */ Cancelled;
export type CancelAllAfterApiArg = {
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
  cancelAllAfter: CancelAllAfter;
};
export type ValidateOrderApiResponse = /** status 200 Request fulfilled, document follows */ ValidationMessage;
export type ValidateOrderApiArg = {
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
  newOrder: NewOrder;
};
export type CancelOrderApiResponse =
  | /** status 200 Request fulfilled, document follows */ OrderOutcome
  | /** status 202 The outcome is not known yet. */ OrderOutcome;
export type CancelOrderApiArg = {
  /** Of an order: ord_ and 16 hex digits. */
  order: string;
  /** Id or name; left out: the only one there is. */
  account?: string | null;
  /** Only if it is as it was when this ETag was given; else 412. */
  "If-Match"?: string;
};
export type GetOrderApiResponse = /** status 200 Request fulfilled, document follows */ OrderMessage;
export type GetOrderApiArg = {
  /** Of an order: ord_ and 16 hex digits. */
  order: string;
  /** Id or name; left out: the only one there is. */
  account?: string | null;
  /** ETags that you have: 304 while one of them is its own. */
  "If-None-Match"?: string;
};
export type ChangeOrderApiResponse =
  | /** status 200 Request fulfilled, document follows */ OrderOutcome
  | /** status 202 The outcome is not known yet. */ OrderOutcome;
export type ChangeOrderApiArg = {
  /** Of an order: ord_ and 16 hex digits. */
  order: string;
  /** Id or name; left out: the only one there is. */
  account?: string | null;
  /** Only if it is as it was when this ETag was given; else 412. */
  "If-Match"?: string;
  orderChange: OrderChange;
};
export type ListPositionsApiResponse = /** status 200 Request fulfilled, document follows */ PagePositionMessage;
export type ListPositionsApiArg = {
  /** Id or name; left out: the only one there is. */
  account?: string | null;
  /** Rows of a page. */
  limit?: number;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
};
export type ListSeriesApiResponse = /** status 200 Request fulfilled, document follows */ PageSeriesMessage;
export type ListSeriesApiArg = {
  /** Part of a symbol or name. */
  search?: string | null;
  /** Rows of a page. */
  limit?: number;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
};
export type GetSeriesCoverageApiResponse = /** status 200 Request fulfilled, document follows */ SeriesCoverageMessage;
export type GetSeriesCoverageApiArg = {
  /** Of an instrument. */
  symbol: string;
  /** Such as 1m, 1h, 1d. */
  interval: string;
  /** From there on: a day, such as 2024-01-31, or a moment, such as 2024-01-31T14:30:00Z. */
  start?: string | null;
  /** Up to there: a day, which counts, such as 2024-01-31; or a moment, which does not, such as 2024-02-01T00:00:00Z. */
  end?: string | null;
};
export type GetSeriesQualityApiResponse = /** status 200 Request fulfilled, document follows */ SeriesQualityMessage;
export type GetSeriesQualityApiArg = {
  /** Of an instrument. */
  symbol: string;
  /** Such as 1m, 1h, 1d. */
  interval: string;
};
export type ListStrategiesApiResponse = /** status 200 Request fulfilled, document follows */ PageStrategyMessage;
export type ListStrategiesApiArg = {
  /** Rows of a page. */
  limit?: number;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
};
export type GetStrategyApiResponse = /** status 200 Request fulfilled, document follows */ StrategyDetail;
export type GetStrategyApiArg = {
  name: string;
};
export type ListUsersApiResponse = /** status 200 Request fulfilled, document follows */ PageUserMessage;
export type ListUsersApiArg = {
  /** Rows of a page. */
  limit?: number;
  /** `next_cursor` of the page before; none: the first page. */
  cursor?: string | null;
};
export type AddUserApiResponse = /** status 201 Document created, URL follows */ UserMessage;
export type AddUserApiArg = {
  /** The same key and body within 24 hours gives the same answer, and nothing is done twice. */
  "Idempotency-Key"?: string;
  newUser: NewUser;
};
export type GetUserApiResponse = /** status 200 Request fulfilled, document follows */ UserMessage;
export type GetUserApiArg = {
  /** Of a user: usr_ and 26 characters. */
  user: string;
};
export type ChangeUserApiResponse = /** status 200 Request fulfilled, document follows */ UserMessage;
export type ChangeUserApiArg = {
  /** Of a user: usr_ and 26 characters. */
  user: string;
  /** The ETag that reading this gave, or * to overwrite. Needed: without it 428. */
  "If-Match": string;
  userChange: UserChange;
};
export type ListVendorKeysApiResponse = /** status 200 Request fulfilled, document follows */ PageVendorKeyMessage;
export type ListVendorKeysApiArg = void;
export type RemoveVendorKeyApiResponse = /** status 200 Request fulfilled, document follows */ VendorKeyMessage;
export type RemoveVendorKeyApiArg = {
  /** Such as polygon. */
  vendor: string;
};
export type SetVendorKeyApiResponse = /** status 200 Request fulfilled, document follows */ VendorKeyMessage;
export type SetVendorKeyApiArg = {
  /** Such as polygon. */
  vendor: string;
  newVendorKey: NewVendorKey;
};
export type HealthApiResponse = /** status 200 Request fulfilled, document follows */ Health;
export type HealthApiArg = void;
export type ReadyApiResponse = /** status 200 Request fulfilled, document follows */ Readiness;
export type ReadyApiArg = void;
export type AccountMessage = {
  currency: string;
  id: string;
  kind: "cash" | "margin";
  name: string;
  owner: string | null;
  shard: number;
};
export type PageAccountMessage = {
  data: AccountMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type FieldError = {
  code: string;
  detail: string;
  pointer: string;
};
export type Problem = {
  code: string;
  detail: string;
  errors?: FieldError[];
  request_id: string;
  retryable: boolean;
  status: number;
  title: string;
  type: string;
};
export type NewAccount = {
  cash?: string;
  kind?: "cash" | "margin";
  name: string;
};
export type AccountDetail = {
  buying_power: string | null;
  cash: string;
  currency: string;
  id: string;
  killed: boolean | null;
  kind: "cash" | "margin";
  name: string;
  open_orders: number;
  owner: string | null;
  shard: number;
};
export type KillSwitch = {
  account: string;
  killed: boolean | null;
  orders: string[] | null;
};
export type AccountOwner = {
  user: string;
};
export type AuditMessage = {
  action: string;
  actor: string;
  address: string | null;
  at: string;
  detail: {
    [key: string]: unknown;
  };
  id: string;
  key_id: string | null;
  request_id: string | null;
  subject: string | null;
  user_id: string | null;
};
export type PageAuditMessage = {
  data: AuditMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type UserMessage = {
  created_at: string;
  id: string;
  is_active: boolean;
  last_login_at: string | null;
  must_change_password: boolean;
  name: string;
  role: "viewer" | "trader" | "admin";
};
export type AccessToken = {
  access_token: string;
  expires_at: string;
  token_type: "Bearer";
  user: UserMessage;
};
export type Credentials = {
  /** Of a user. */
  name: string;
  password: string;
};
export type Me = {
  authenticated_by: "token" | "key";
  scopes: ("read" | "trade" | "admin")[];
  user: UserMessage;
};
export type NewPassword = {
  current: string;
  password: string;
};
export type JobProblem = {
  code: string;
  detail: string;
  retryable: boolean;
};
export type AssetMessage = {
  as_of: string;
  data_hash: string;
  interval: string;
  quality: string | null;
  role: "traded" | "benchmark" | "finer";
  symbol: string;
};
export type MetricMessage = {
  undefined_because: string | null;
  value: number | null;
};
export type RunResult = {
  assets: AssetMessage[];
  bankrupt: boolean;
  bars: number;
  engine_version: string;
  equity: string;
  first_bar: string;
  honesty: string;
  last_bar: string;
  metrics: {
    [key: string]: MetricMessage;
  };
  metrics_basis: string;
  notices: string[];
  report: string;
  result_hash: string;
  run_hash: string;
  tables: {
    [key: string]: string;
  };
};
export type Account = {
  borrow_rate?: number;
  credit_rate?: number;
  debit_rate?: number;
  kind?: "cash" | "margin";
  leverage?: number;
  maintenance?: number;
};
export type Costs = {
  currency_unit?: string;
  half_spread?: string;
  maker_bps?: number | null;
  maximum_bps?: number;
  minimum?: string;
  participation?: number;
  per_order?: string;
  per_share?: string;
  square_root?: number;
  tiers?: never[][];
  volume_share?: number;
};
export type Instrument = {
  borrow_rate?: number | null;
  lot?: string;
  multiplier?: number;
  tick?: string;
};
export type StrategyOfRun = {
  class_name: string;
  name: string;
  parameters: {
    [key: string]: unknown;
  };
  source_hash: string | null;
};
export type BacktestSpec = {
  account: Account;
  benchmark: string | null;
  calendar: string | null;
  cash: string;
  commission_bps: number;
  costs: Costs;
  end: string | null;
  fill: "next_open" | "same_close";
  finer: string | null;
  instruments: {
    [key: string]: Instrument;
  };
  interval: string;
  prices: "adjusted" | "raw";
  risk_free: number;
  seed: number;
  slippage_bps: number;
  start: string | null;
  strategy: StrategyOfRun;
  symbols: string[];
};
export type BacktestMessage = {
  attempt: number;
  cancel_asked: boolean;
  channel: string;
  created_at: string;
  error: JobProblem | null;
  eta: string | null;
  finished_at: string | null;
  id: string;
  job: string | null;
  owner: string | null;
  progress: number;
  result: RunResult | null;
  spec: BacktestSpec;
  started_at: string | null;
  status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead";
};
export type PageBacktestMessage = {
  data: BacktestMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type NewBacktest = {
  account?: Account;
  benchmark?: string | null;
  calendar?: string | null;
  cash?: string;
  commission_bps?: number;
  costs?: Costs;
  end?: string | null;
  fill?: "next_open" | "same_close";
  finer?: string | null;
  instruments?: {
    [key: string]: Instrument;
  };
  interval?: string;
  parameters?: {
    [key: string]: boolean | number | number | string;
  };
  prices?: "adjusted" | "raw";
  risk_free?: number;
  slippage_bps?: number;
  source?: string | null;
  start?: string | null;
  strategy: string;
  symbols: string[];
};
export type BacktestValidation = {
  bars: number | null;
  first: string | null;
  last: string | null;
  warmup: number;
};
export type AccountEvent = {
  amount: string | null;
  event: string;
  is_frequent: boolean;
  is_money: boolean;
  price: string | null;
  quantity: string | null;
  symbol: string | null;
  time: string;
};
export type WeightCurve = {
  symbol: string;
  values: number[];
};
export type Exposure = {
  long: number[];
  short: number[];
  timestamp: string[];
  weights: WeightCurve[];
};
export type EventTotalMessage = {
  amount: string | null;
  event: string;
  events: number;
};
export type RunAccount = {
  backtest: string;
  bars: number;
  events: AccountEvent[];
  exposure: Exposure;
  held: number;
  totals: EventTotalMessage[];
};
export type CurvePoint = {
  benchmark: string | null;
  close: string;
  drawdown: number;
  high: string;
  low: string;
  open: string;
  timestamp: string;
};
export type EquityCurve = {
  backtest: string;
  bars: number;
  data: CurvePoint[];
};
export type FactMessage = {
  label: string;
  text: string;
  warning: boolean;
};
export type FigureMessage = {
  benchmark: number | null;
  formula: string;
  group: string;
  label: string;
  name: string;
  sample: string;
  source: string;
  undefined_because: string | null;
  unit: "percent" | "ratio" | "money" | "days" | "count" | "probability";
  value: number | null;
};
export type HistogramMessage = {
  counts: number[];
  edges: number[];
  period: "bar" | "session";
  returns: number;
  tails: number;
  zeros: number;
};
export type OrderGroupMessage = {
  buys: number;
  fees: string;
  orders: number;
  reason: string;
  sells: number;
  slippage: string;
  status: string;
  value: string;
};
export type RunFigures = {
  assumptions: FactMessage[];
  backtest: string;
  benchmark: string;
  figures: FigureMessage[];
  histogram: HistogramMessage | null;
  orders: OrderGroupMessage[];
};
export type LogLineMessage = {
  bar: string | null;
  text: string;
};
export type RunLogMessage = {
  cut: number;
  lines: LogLineMessage[];
};
export type PricePoint = {
  close: string;
  high: string;
  lines: (number | null)[];
  low: string;
  open: string;
  timestamp: string;
  volume: string;
};
export type RunPrices = {
  backtest: string;
  bars: number;
  data: PricePoint[];
  interval: string;
  lines: string[];
  panes: (string | null)[];
  symbol: string;
};
export type ReproductionMessage = {
  backtest: string;
  cause: string | null;
  code: string | null;
  created_at: string | null;
  detail: string | null;
  differences: string[];
  equal: boolean | null;
  job: string | null;
  progress: number;
  reproduced_at: string | null;
  result_hash: string | null;
  status: "none" | "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead";
  stored_result_hash: string | null;
};
export type RunSource = {
  backtest: string;
  source: string | null;
  source_sha256: string | null;
};
export type RowPage = {
  data: {
    [key: string]: unknown;
  }[];
  has_more: boolean;
  next_cursor: string | null;
};
export type BarMessage = {
  adj_close: string | null;
  close: string;
  high: string;
  low: string;
  open: string;
  timestamp: string;
  volume: string;
};
export type BarPage = {
  complete_until: string | null;
  data: BarMessage[];
  has_more: boolean;
  interval: string;
  next_cursor: string | null;
  symbol: string;
};
export type BookMessage = {
  asks: string[][];
  at: string;
  bids: string[][];
  crc: number;
  epoch: number;
  last: string | null;
  phase: string;
  seq: number;
  symbol: string;
};
export type TradedInstrument = {
  last: string | null;
  phase:
    ("continuous" | "auction" | "halted" | "closed" | null) | ("continuous" | "auction" | "halted" | "closed" | null);
  shard: number;
  symbol: string;
};
export type PartMessage = {
  lag_ms: number | null;
  name: string;
  start: string | null;
  state: "up" | "down" | "behind" | "unknown";
};
export type SnapshotMessage = {
  at: string;
  bytes: number;
  entry: string;
  epoch: number;
  state_hash: string;
};
export type LatencyBucket = {
  count: number;
  up_to_us: number | null;
};
export type LatencyMessage = {
  buckets: LatencyBucket[];
  p50_us: number | null;
  p999_us: number | null;
  p99_us: number | null;
};
export type WorkerMessage = {
  at: string;
  commands: number;
  commands_per_second: number;
  events: number;
  events_per_second: number;
  fresh: boolean;
  latency: LatencyMessage;
  refused: {
    [key: string]: number;
  };
};
export type ShardMessage = {
  applied: string | null;
  epoch: number | null;
  events_hash: string | null;
  journal_end: string | null;
  journal_lag_ms: number | null;
  memory_bytes: number | null;
  memory_limit_bytes: number | null;
  parts: PartMessage[];
  shard: number;
  snapshot: SnapshotMessage | null;
  well: boolean;
  worker: WorkerMessage | null;
};
export type ExchangeMessage = {
  as_of: string;
  instruments: TradedInstrument[];
  shards: ShardMessage[];
};
export type FillMessage = {
  account: string;
  at: string;
  fee: string;
  id: string;
  maker: boolean;
  order: string;
  phase: string;
  price: string;
  quantity: string;
  side: "buy" | "sell";
  symbol: string;
};
export type PageFillMessage = {
  data: FillMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type SymbolOutcome = {
  added?: number;
  failed?: string | null;
  notices?: string[];
  quarantined?: number;
  score?: number | null;
  source: string;
  symbol: string;
  unchanged?: number;
  updated?: number;
  vendor_failed?: boolean;
};
export type IngestionOutcome = {
  chunks: number;
  interval: string;
  resumed: number;
  source: string;
  stopped?: string | null;
  symbols: SymbolOutcome[];
};
export type AskedIngestion = {
  end: string | null;
  interval: string;
  only_missing: boolean;
  replace_source: boolean;
  source: string;
  start: string | null;
  symbols: string[];
};
export type IngestionMessage = {
  attempt: number;
  bars_added: number;
  bars_unchanged: number;
  bars_updated: number;
  cancel_asked: boolean;
  created_at: string;
  error: JobProblem | null;
  eta: string | null;
  finished_at: string | null;
  id: string;
  job: string | null;
  outcomes: IngestionOutcome[] | null;
  owner: string | null;
  progress: number;
  quality: {
    [key: string]: string;
  };
  rows_quarantined: number;
  spec: AskedIngestion;
  started_at: string | null;
  status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead";
};
export type PageIngestionMessage = {
  data: IngestionMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type NewIngestion = {
  end?: string | null;
  interval?: string;
  only_missing?: boolean;
  replace_source?: boolean;
  source?: string;
  start?: string | null;
  symbols: string[];
};
export type ColumnMessage = {
  name: string;
  role: string | null;
};
export type UploadMessage = {
  bytes: number;
  columns: ColumnMessage[];
  ingestion: string | null;
  interval: string | null;
  notices: string[];
  problem: string | null;
  rows: string[][];
  symbol: string | null;
  symbols: string[];
};
export type CoverageMessage = {
  first: string;
  interval: string;
  last: string;
  quality_score: number | null;
  rows: number;
  source: string;
};
export type SymbolMessage = {
  end: string | null;
  start: string;
  symbol: string;
};
export type TradingMessage = {
  currency: string;
  lot_size: string;
  shard: number;
  tick_size: string;
};
export type InstrumentMessage = {
  asset_type: "unknown" | "equity" | "etf" | "fund" | "index" | "fx" | "crypto" | "future" | "option" | "bond";
  coverage: CoverageMessage[];
  currency: string | null;
  exchange: string | null;
  lot_size: string | null;
  name: string | null;
  symbol: string;
  symbols: SymbolMessage[];
  tick_size: string | null;
  trading: TradingMessage | null;
};
export type PageInstrumentMessage = {
  data: InstrumentMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type KeyMessage = {
  addresses: string[];
  created_at: string;
  expires_at: string | null;
  hint: string;
  id: string;
  last_used_at: string | null;
  name: string;
  revoked_at: string | null;
  scopes: ("read" | "trade" | "admin")[];
  user_id: string;
};
export type PageKeyMessage = {
  data: KeyMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type MadeKey = {
  key: KeyMessage;
  secret: string | null;
};
export type NewKey = {
  addresses?: string[];
  expires_at?: string | null;
  name: string;
  scopes: ("admin" | "read" | "trade")[];
};
export type Cancelled = {
  account: string;
  orders: string[] | null;
};
export type OrderLinks = {
  account: string;
  fills: string;
  order: string;
};
export type OrderMessage = {
  account: string;
  average_price: string | null;
  client_order_id: string | null;
  created_at: string;
  display: string | null;
  distance: string | null;
  ended_at: string | null;
  expires_at: string | null;
  fee: string;
  filled_quantity: string;
  id: string;
  links?: OrderLinks | null;
  offset: string | null;
  open_quantity: string;
  price: string | null;
  quantity: string;
  reason: string | null;
  recorded_at?: string | null;
  reduce_only: boolean;
  side: "buy" | "sell";
  status: "open" | "filled" | "cancelled" | "refused";
  stop: string | null;
  symbol: string;
  time_in_force: string | null;
  triggered_at: string | null;
  type: string | null;
};
export type PageOrderMessage = {
  data: OrderMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type FillOfOrder = {
  id: string;
  maker: boolean;
  order: string;
  price: string;
  quantity: string;
  side: "buy" | "sell";
};
export type OrderOutcome = {
  account: string;
  client_order_id: string | null;
  deadline?: string | null;
  detail?: string | null;
  executed_at?: string | null;
  filled_quantity?: string | null;
  fills?: FillOfOrder[];
  id: string | null;
  journaled_at?: string | null;
  links?: OrderLinks | null;
  open_quantity?: string | null;
  quantity?: string | null;
  reason?: string | null;
  received_at?: string | null;
  repeated?: boolean;
  status: "open" | "filled" | "cancelled" | "refused" | "unknown";
};
export type NewOrder = {
  account?: string | null;
  client_order_id?: string | null;
  display?: string | null;
  distance?: string | null;
  expires_at?: string | null;
  funds?: string | null;
  offset?: string | null;
  on_quote?: boolean;
  post_only?: boolean;
  price?: string | null;
  quantity?: string | null;
  reduce_only?: boolean;
  self_trade?: "cancel_both" | "cancel_newest" | "cancel_oldest" | "decrement";
  side: "buy" | "sell";
  slide?: boolean;
  stop?: string | null;
  symbol: string;
  time_in_force?: ("day" | "fok" | "gtc" | "gtd" | "ioc") | null;
  type?: "iceberg" | "limit" | "market" | "peg" | "stop" | "stop_limit" | "trailing_stop";
};
export type CancelAllAfter = {
  account?: string | null;
  milliseconds: number;
};
export type CheckMessage = {
  code: string | null;
  detail: string | null;
  limit: string | null;
  name: string;
  passed: boolean;
  value: string | null;
};
export type ValidationMessage = {
  accepted: boolean;
  account: string;
  as_of: string;
  checks: CheckMessage[];
  code: string | null;
  detail: string | null;
  fills_at_once: string | null;
  repeats: string | null;
};
export type OrderChange = {
  price?: string | null;
  quantity?: string | null;
  stop?: string | null;
};
export type PositionMessage = {
  account: string;
  cost: string;
  fees: string;
  quantity: string;
  realised: string;
  symbol: string;
};
export type PagePositionMessage = {
  data: PositionMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type DoubtCounts = {
  duplicates: number;
  gaps: number;
  others: number;
  spikes: number;
};
export type LastIngestion = {
  at: string;
  id: string;
};
export type SeriesMessage = {
  changed_at: string;
  doubts: DoubtCounts | null;
  first: string;
  interval: string;
  last: string;
  last_ingestion: LastIngestion | null;
  quality_score: number | null;
  rows: number;
  source: string;
  symbol: string;
};
export type PageSeriesMessage = {
  data: SeriesMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type CoveragePart = {
  bars: number;
  expected: number;
  first: string;
  last: string;
  sessions: number;
  state: "present" | "partial" | "missing";
};
export type SeriesCoverageMessage = {
  calendar: string | null;
  interval: string;
  parts: CoveragePart[];
  sessions_behind: number | null;
  symbol: string;
};
export type CorporateActionMessage = {
  amount: number | null;
  currency: string | null;
  ex_date: string;
  kind: "split" | "stock_dividend" | "spin_off" | "dividend";
  ratio: number | null;
  source: string;
};
export type FindingMessage = {
  count: number;
  first: string;
  kind: "gap" | "duplicate" | "spike" | "other";
  last: string;
  level: "error" | "warn" | "info";
  reason: string;
  rule: string;
  times: string[];
};
export type SetAsideMessage = {
  at: string;
  reason: string;
  received_at: string;
  row: {
    [key: string]: number | string | null;
  };
  rules: string[];
  source: string;
};
export type SeriesQualityMessage = {
  actions: CorporateActionMessage[];
  as_of: string;
  doubts: DoubtCounts;
  findings: FindingMessage[];
  interval: string;
  rows: number;
  score: number;
  set_aside: SetAsideMessage[];
  set_aside_count: number;
  symbol: string;
};
export type ParameterMessage = {
  choices: string[];
  default: number | boolean | string;
  description: string;
  high: number | null;
  low: number | null;
  name: string;
  type: "int" | "float" | "bool" | "str";
};
export type StrategyMessage = {
  class_name: string;
  least_symbols: number;
  most_symbols: number | null;
  name: string;
  parameters: ParameterMessage[];
  summary: string;
};
export type PageStrategyMessage = {
  data: StrategyMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type StrategyDetail = {
  class_name: string;
  description: string;
  form: "signals" | "events";
  least_symbols: number;
  most_symbols: number | null;
  name: string;
  parameters: ParameterMessage[];
  source: string | null;
  source_sha256: string | null;
  summary: string;
  warm_up_bars: number | null;
};
export type PageUserMessage = {
  data: UserMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type NewUser = {
  /** Of a user. */
  name: string;
  password: string;
  role?: "admin" | "trader" | "viewer";
};
export type UserChange = {
  is_active?: boolean | null;
  password?: string | null;
  role?: ("admin" | "trader" | "viewer") | null;
};
export type VendorKeyMessage = {
  set_at: string | null;
  source: ("environment" | "stored" | null) | ("environment" | "stored" | null);
  title: string;
  vendor: string;
};
export type PageVendorKeyMessage = {
  data: VendorKeyMessage[];
  has_more: boolean;
  next_cursor: string | null;
};
export type NewVendorKey = {
  key: string;
};
export type Health = {
  status: "alive";
};
export type Readiness = {
  checks: {
    [key: string]: "ok" | "failed";
  };
  status: "ready" | "not_ready" | "draining";
};
export const {
  useListAccountsQuery,
  useOpenAccountMutation,
  useGetAccountQuery,
  useKillAccountMutation,
  useGiveAccountMutation,
  useReviveAccountMutation,
  useListAuditEntriesQuery,
  useLoginMutation,
  useLogoutMutation,
  useMeQuery,
  useChangePasswordMutation,
  useRefreshMutation,
  useListBacktestsQuery,
  useAddBacktestMutation,
  useValidateBacktestMutation,
  useGetBacktestQuery,
  useGetBacktestAccountQuery,
  useCancelBacktestMutation,
  useGetBacktestEquityQuery,
  useGetBacktestFiguresQuery,
  useGetBacktestHonestyQuery,
  useGetBacktestLogQuery,
  useGetBacktestPricesQuery,
  useGetBacktestReportQuery,
  useGetReproductionQuery,
  useReproduceBacktestMutation,
  useGetBacktestSourceQuery,
  useGetBacktestTableQuery,
  useListBarsQuery,
  useGetBookQuery,
  useGetExchangeQuery,
  useListFillsQuery,
  useListIngestionsQuery,
  useAddIngestionMutation,
  useUploadBarsMutation,
  useGetIngestionQuery,
  useCancelIngestionMutation,
  useListInstrumentsQuery,
  useGetInstrumentQuery,
  useListKeysQuery,
  useAddKeyMutation,
  useRevokeKeyMutation,
  useGetKeyQuery,
  useCancelOrdersMutation,
  useListOrdersQuery,
  useAddOrderMutation,
  useCancelAllAfterMutation,
  useValidateOrderMutation,
  useCancelOrderMutation,
  useGetOrderQuery,
  useChangeOrderMutation,
  useListPositionsQuery,
  useListSeriesQuery,
  useGetSeriesCoverageQuery,
  useGetSeriesQualityQuery,
  useListStrategiesQuery,
  useGetStrategyQuery,
  useListUsersQuery,
  useAddUserMutation,
  useGetUserQuery,
  useChangeUserMutation,
  useListVendorKeysQuery,
  useRemoveVendorKeyMutation,
  useSetVendorKeyMutation,
  useHealthQuery,
  useReadyQuery,
} = injectedRtkApi;
