// A web socket that is kept open: what is followed goes on after the last message, on whichever gateway answers.

import type { Book } from "./book.js";
import { Connection, ConnectionLost, type Message, type Request } from "./connection.js";
import type { Cancelled, ExchangeMessage, NewOrder, OrderOutcome, ValidationMessage } from "./messages.js";
import { newClientOrderId } from "./order_ids.js";
import { GatewayError, asGatewayError } from "./problems.js";
import {
  BookSubscription,
  type ChannelMessage,
  type Depth,
  EventSubscription,
  type Followed,
  JOBS,
  type Listener,
} from "./subscription.js";
import type { Transport } from "./transport.js";
import type {
  BarData,
  CashData,
  FillsData,
  JobsData,
  OrdersData,
  PositionsData,
  QuoteData,
  RunData,
  StatisticsData,
  TradesData,
  Update,
} from "./updates.js";
import { sleep, waitBefore } from "./waiting.js";

const UNAUTHORISED = 4401;
/** Answers may still take so long when a gateway is about to end. */
const LEAVING_MS = 5_000;
const MOST_ORDERS = 200;

/** Of what is followed: leave it. */
export type Leave = () => void;

/** Of the connection; `idle`: nothing is followed, so none is needed; `failed`: nothing helps any more. */
export type StreamState = "open" | "lost" | "idle" | "failed";

export interface StreamOptions {
  /** Orders that are sent over it go when it ends. */
  readonly cancelOnDisconnect?: boolean;
  /** Is told whenever the state of the connection changes, with the reason when it is lost. */
  readonly onState?: (state: StreamState, reason?: GatewayError) => void;
}

export class Stream {
  readonly #followed = new Set<Followed>();
  readonly #known = new WeakSet<Followed>();
  #connection: Connection | undefined;
  #waiting: { resolve: (connection: Connection) => void; reject: (error: GatewayError) => void }[] = [];
  #failure: GatewayError | undefined;
  #running = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #at = 0;
  #move: () => void = () => undefined;
  #closeNow: () => void = () => undefined;
  readonly #closed: Promise<"closed">;
  /** How many connections there were. */
  connections = 0;

  constructor(
    readonly transport: Transport,
    readonly webSocket: typeof WebSocket | undefined,
    readonly options: StreamOptions,
  ) {
    this.#closed = new Promise((resolve) => {
      this.#closeNow = () => {
        resolve("closed");
      };
    });
  }

  /** Follow a book; it is right whenever the listener is told. */
  book(symbol: string, depth: Depth, listener: Listener<Book>): Leave {
    return this.#follow(new BookSubscription(symbol, depth, listener));
  }

  trades(symbol: string, listener: Listener<Update<TradesData>>): Leave {
    return this.#follow(new EventSubscription("trades", symbol, undefined, listener));
  }

  /** Best bid and offer. */
  prices(symbol: string, listener: Listener<Update<QuoteData>>): Leave {
    return this.#follow(new EventSubscription("prices", symbol, undefined, listener));
  }

  /** Figures of the day. */
  statistics(symbol: string, listener: Listener<Update<StatisticsData>>): Leave {
    return this.#follow(new EventSubscription("statistics", symbol, undefined, listener));
  }

  /** Bars of the tape as they grow. */
  bars(symbol: string, interval: "1s" | "1m", listener: Listener<Update<BarData>>): Leave {
    return this.#follow(new EventSubscription(`bars.${interval}`, symbol, undefined, listener));
  }

  orders(account: string, listener: Listener<Update<OrdersData>>): Leave {
    return this.#follow(new EventSubscription("orders", account, account, listener));
  }

  /** After a snapshot `accounts.fills` has what came before it. */
  fills(account: string, listener: Listener<Update<FillsData>>): Leave {
    return this.#follow(new EventSubscription("fills", account, account, listener));
  }

  positions(account: string, listener: Listener<Update<PositionsData>>): Leave {
    return this.#follow(new EventSubscription("positions", account, account, listener));
  }

  /** An account's cash. */
  account(account: string, listener: Listener<Update<CashData>>): Leave {
    return this.#follow(new EventSubscription("account", account, account, listener));
  }

  /** A backtest or ingestion from its beginning, or what there is still of it. */
  run(run: string, listener: Listener<Update<RunData>>): Leave {
    return this.#follow(new EventSubscription(`runs.${run}`, run, undefined, listener));
  }

  /** One's own jobs, an admin everybody's: those that wait or go on, then each that changes, as it is. */
  jobs(listener: Listener<Update<JobsData>>): Leave {
    return this.#follow(new EventSubscription(JOBS, "", undefined, listener));
  }

  /** How the exchange does, once a second. */
  exchange(listener: Listener<Update<ExchangeMessage>>): Leave {
    return this.#follow(new EventSubscription("exchange", "exchange", undefined, listener));
  }

  /**
   * Submit orders that enter in this order; refusals are outcomes too. Each gets a client order id, so when the
   * connection ends before the answer they are sent again, and executed once.
   */
  async submit(orders: readonly NewOrder[], account?: string): Promise<OrderOutcome[]> {
    const sent = orders.map((each) => ({ ...each, client_order_id: each.client_order_id ?? newClientOrderId() }));
    const outcomes: OrderOutcome[] = [];
    for (let at = 0; at < sent.length; at += MOST_ORDERS) {
      const answer = await this.#surely({ op: "submit", account, orders: sent.slice(at, at + MOST_ORDERS) });
      outcomes.push(...(answer["results"] as OrderOutcome[]));
    }
    return outcomes;
  }

  /** What every check of an order would find now; nothing is sent to the exchange's journal. */
  async validate(order: NewOrder, account?: string): Promise<ValidationMessage> {
    const answer = await this.#surely({ op: "validate", account, order });
    return answer["validation"] as ValidationMessage;
  }

  async cancel(orders: readonly string[], account?: string): Promise<OrderOutcome[]> {
    const answer = await this.#surely({ op: "cancel", account, orders });
    return answer["results"] as OrderOutcome[];
  }

  async cancelAll(account?: string, symbol?: string): Promise<Cancelled> {
    const answer = await this.#surely({ op: "cancel_all", account, symbol });
    return { account: account ?? "", orders: (answer["cancelled"] as string[] | undefined) ?? null };
  }

  /** Milliseconds that the gateway takes to answer; undefined without a connection. */
  async ping(): Promise<number | undefined> {
    const connection = this.#connection;
    if (connection === undefined) return undefined;
    const begun = performance.now();
    try {
      await connection.ask({ op: "ping" });
    } catch {
      return undefined; // it was lost meanwhile, and is opened again
    }
    return performance.now() - begun;
  }

  close(): void {
    this.#fail(new GatewayError("stream.closed", "The stream was closed.", 0, false), false);
    this.#closeNow();
  }

  #follow(subscription: Followed): Leave {
    if (this.#failure !== undefined) throw this.#failure;
    this.#followed.add(subscription);
    this.#wake();
    if (this.#connection !== undefined) void this.#askFor(this.#connection, subscription, false);
    return () => {
      if (!this.#followed.delete(subscription) || !this.#known.has(subscription)) return;
      this.#known.delete(subscription);
      // When that fails it ends with the connection.
      this.#connection?.ask(subscription.request("unsubscribe")).catch(() => undefined);
    };
  }

  // The connection

  #wake(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#keep();
  }

  async #keep(): Promise<void> {
    for (let failed = 0; this.#failure === undefined; ) {
      const url = this.transport.urls[this.#at % this.transport.urls.length] ?? "";
      const before = this.connections;
      let lost: GatewayError;
      try {
        if ((await this.#connect(url)) === "closed") return;
        lost = new GatewayError("gateway.unreachable", `${url} ends.`, 0, true);
      } catch (error) {
        lost = asGatewayError(error);
        const refused = error instanceof ConnectionLost && error.code === UNAUTHORISED;
        if (refused && !(await this.#renewed())) {
          const sentence = "The gateway does not accept the credential any more.";
          lost = new GatewayError("access.not_authenticated", sentence, 401, false);
        }
        if (!lost.retryable) {
          this.#fail(lost);
          return;
        }
      }
      if (this.#followed.size === 0 && this.#waiting.length === 0) {
        // The gateway would end a connection over which nothing is asked for.
        this.#running = false;
        this.options.onState?.("idle");
        return;
      }
      this.options.onState?.("lost", lost);
      failed = this.connections > before ? 1 : failed + 1;
      if (failed > this.transport.retries) this.#tellWaiting(lost);
      this.#at += 1;
      await Promise.race([sleep(waitBefore(failed)), this.#closed]);
    }
  }

  /** Serve one connection until it ends, its gateway is about to, or the stream is closed. */
  async #connect(url: string): Promise<"closed" | "moved"> {
    const webSocket = this.webSocket ?? (globalThis as { WebSocket?: typeof WebSocket }).WebSocket;
    if (webSocket === undefined) {
      const sentence = "There is no WebSocket here: Node 20 needs --experimental-websocket, or the option webSocket.";
      throw new GatewayError("stream.no_web_socket", sentence, 0, false);
    }
    let moving: (() => void) | undefined;
    const moved = new Promise<"moved">((resolve) => {
      moving = () => {
        resolve("moved");
      };
    });
    const connection = await Connection.open(webSocket, url, (message) => {
      this.#take(connection, message);
    });
    try {
      await this.#authenticate(connection);
      this.connections += 1;
      this.#connection = connection;
      this.options.onState?.("open");
      this.#move = moving ?? this.#move;
      for (const each of this.#followed) void this.#askFor(connection, each, false);
      this.#stay(connection);
      const waiting = this.#waiting.splice(0);
      for (const each of waiting) each.resolve(connection);
      const why = await Promise.race([connection.ended, moved, this.#closed]);
      this.#connection = undefined;
      if (why === "moved") await connection.finish(LEAVING_MS);
      return why;
    } finally {
      clearTimeout(this.#timer);
      this.#connection = undefined;
      for (const each of this.#followed) this.#known.delete(each);
      connection.giveUp("It was left.");
    }
  }

  async #authenticate(connection: Connection): Promise<void> {
    const token = await this.transport.token();
    if (token === undefined) {
      throw new GatewayError("access.not_authenticated", "Sign in first, or give an API key.", 401, false);
    }
    const request = { op: "authenticate", cancel_on_disconnect: this.options.cancelOnDisconnect ?? false };
    try {
      await connection.ask({ ...request, token });
    } catch (error) {
      const refused = error instanceof GatewayError && error.code.startsWith("access.") && !error.retryable;
      if (!refused || !(await this.transport.renew(token))) throw error;
      await connection.ask({ ...request, token: await this.transport.token() });
    }
  }

  /** Authenticate again before the token ends. */
  #stay(connection: Connection): void {
    const wait = this.transport.renewAt - Date.now();
    if (!Number.isFinite(wait) || this.#connection !== connection) return;
    this.#timer = setTimeout(
      () => {
        this.#authenticate(connection)
          .then(() => {
            this.#stay(connection);
          })
          .catch(() => undefined); // the gateway closes it when the token ends, and then we know why
      },
      Math.max(0, wait),
    );
  }

  async #renewed(): Promise<boolean> {
    try {
      return await this.transport.renew(await this.transport.token());
    } catch (error) {
      return asGatewayError(error).retryable; // then nobody knows yet
    }
  }

  #fail(error: GatewayError, tell = true): void {
    this.#failure = error;
    this.options.onState?.("failed", error);
    if (tell) for (const each of this.#followed) each.fail(error);
    this.#followed.clear();
    this.#tellWaiting(error);
  }

  #tellWaiting(error: GatewayError): void {
    for (const each of this.#waiting.splice(0)) each.reject(error);
  }

  /** Send a request that may be sent twice, on as many connections as it takes, and return its answer. */
  async #surely(request: Request): Promise<Message> {
    for (let limited = 0; ; ) {
      if (this.#failure !== undefined) throw this.#failure;
      this.#wake();
      const connection =
        this.#connection ??
        (await new Promise<Connection>((resolve, reject) => {
          this.#waiting.push({ resolve, reject });
        }));
      try {
        return await connection.ask(request);
      } catch (error) {
        if (error instanceof ConnectionLost) {
          connection.giveUp("It does not answer.");
          if (this.#connection === connection) this.#connection = undefined;
          continue;
        }
        const isLimit = error instanceof GatewayError && error.code === "access.rate_limited";
        if (!isLimit || limited >= this.transport.retries) throw error;
        limited += 1;
        await sleep(waitBefore(limited));
      }
    }
  }

  // What is followed

  /** Ask for what is followed, from where it is; where nothing is published yet, until something is. */
  async #askFor(connection: Connection, subscription: Followed, anew: boolean): Promise<void> {
    for (let failed = 0; this.#followed.has(subscription); ) {
      const resumes = subscription.seq !== undefined && !subscription.isCounted;
      try {
        if (anew) connection.ask(subscription.request("unsubscribe")).catch(() => undefined);
        await connection.ask(subscription.request(resumes ? "resume" : "subscribe"), (answer) => {
          if (subscription.isCounted) [subscription.symbol = ""] = answer["symbols"] as string[];
          this.#known.add(subscription);
        });
        return;
      } catch (error) {
        if (error instanceof ConnectionLost) return;
        const reason = asGatewayError(error);
        if (!reason.retryable) {
          this.#followed.delete(subscription);
          subscription.fail(reason);
          return;
        }
        failed += 1;
        await sleep(waitBefore(failed));
      }
    }
  }

  #take(connection: Connection, message: Message): void {
    if (message.type === "heartbeat") {
      for (const [channel, symbol, seq] of message["subscriptions"] as [string, string, number | null][]) {
        const found = this.#find(channel, symbol);
        const behind = found?.seq === undefined || (seq !== null && found.seq < seq);
        if (found !== undefined && seq !== null && this.#known.has(found) && behind) this.#beginAnew(connection, found);
      }
    } else if (message.type === "shutdown_soon") {
      if (this.transport.urls.length > 1) this.#move();
    } else if (message.type !== "hello") {
      const news = message as ChannelMessage;
      const found = this.#find(news.channel, news.symbol);
      if (found?.take(news) === false) this.#beginAnew(connection, found);
    }
  }

  #find(channel: string, symbol: string): Followed | undefined {
    for (const each of this.#followed) if (each.channel === channel && each.symbol === symbol) return each;
    return undefined;
  }

  #beginAnew(connection: Connection, subscription: Followed): void {
    subscription.beginAnew();
    this.#known.delete(subscription);
    void this.#askFor(connection, subscription, true);
  }
}
