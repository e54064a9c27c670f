// What is followed of a channel and symbol: checks that no message is missing.

import { type Book, type BookData, LocalBook } from "./book.js";
import type { Message, Request } from "./connection.js";
import type { GatewayError } from "./problems.js";
import type { Update } from "./updates.js";

export type Depth = 10 | 50 | "full";

/** Who is told; `error` once, when nothing helps any more. */
export interface Listener<T> {
  readonly next: (found: T) => void;
  readonly error?: (error: GatewayError) => void;
}

/** What the stream needs of a subscription, of whatever it tells. */
export interface Followed {
  readonly channel: string;
  readonly account: string | undefined;
  /** Whether numbers count this connection's messages: another one begins with how it is. */
  readonly isCounted: boolean;
  symbol: string;
  readonly seq: number | undefined;
  take(message: ChannelMessage): boolean;
  beginAnew(): void;
  request(op: "subscribe" | "resume" | "unsubscribe"): Request;
  fail(error: GatewayError): void;
}

export interface ChannelMessage extends Message {
  readonly channel: string;
  readonly symbol: string;
  readonly seq: number;
  readonly prev_seq: number | null;
  readonly ts_event: string;
  readonly data: unknown;
}

/** Channels whose newest message says all there is. */
const NEWEST = ["prices", "statistics", "exchange"];
/** The channel of jobs. */
export const JOBS = "jobs";

abstract class Subscription<T> implements Followed {
  seq: number | undefined;
  epoch = 0;
  /** How often messages were missing, or the book was wrong, and it began anew. */
  resyncs = 0;
  readonly isCounted: boolean;
  #failed = false;

  constructor(
    readonly channel: string,
    public symbol: string,
    readonly account: string | undefined,
    protected readonly listener: Listener<T>,
  ) {
    this.isCounted = account !== undefined || channel === JOBS;
  }

  /** Take a message; false: one is missing, or the book is wrong, so it must begin anew. */
  abstract take(message: ChannelMessage): boolean;

  beginAnew(): void {
    this.resyncs += 1;
    // A run and the tape have no snapshot: they go on from where they are.
    if (!this.channel.startsWith("runs.") && this.channel !== "trades") this.seq = undefined;
  }

  request(op: "subscribe" | "resume" | "unsubscribe"): Request {
    if (op === "resume") {
      return { op, positions: [{ channel: this.channel, symbol: this.symbol, seq: this.seq, epoch: this.epoch }] };
    }
    if (this.account !== undefined) return { op, channel: this.channel, account: this.account };
    const isOfNoSymbol = this.channel.startsWith("runs.") || this.channel === JOBS || this.channel === "exchange";
    if (isOfNoSymbol) return { op, channel: this.channel };
    return { op, channel: this.channel, symbols: [this.symbol] };
  }

  fail(error: GatewayError): void {
    if (!this.#failed) this.listener.error?.(error);
    this.#failed = true;
  }
}

export class EventSubscription<T> extends Subscription<Update<T>> {
  override take(message: ChannelMessage): boolean {
    const { type, seq, prev_seq: previous } = message;
    if (type === "resync_required") return true; // what replaces all comes next
    const epoch = (message.data as { epoch?: number }).epoch ?? this.epoch;
    const isSnapshot = type === "snapshot";
    if (this.seq === undefined) {
      if (!isSnapshot && previous !== null && this.isCounted) return true; // how it is comes first
    } else if (epoch === this.epoch && (!isSnapshot || NEWEST.includes(this.channel))) {
      // It came before; but a bar is closed without another trade.
      if (seq < this.seq || (seq === this.seq && !this.channel.startsWith("bars."))) return true;
      if (previous !== null && previous !== this.seq) return false;
    }
    this.seq = seq;
    this.epoch = epoch;
    this.listener.next({
      channel: this.channel,
      type: isSnapshot ? "snapshot" : "event",
      symbol: this.symbol,
      seq,
      at: message.ts_event,
      data: message.data as T,
    });
    return true;
  }
}

export class BookSubscription extends Subscription<Book> {
  readonly #book: LocalBook;

  constructor(
    symbol: string,
    readonly depth: Depth,
    listener: Listener<Book>,
  ) {
    super("book", symbol, undefined, listener);
    this.#book = new LocalBook(depth === "full" ? Infinity : depth);
  }

  override take(message: ChannelMessage): boolean {
    if (message.type === "resync_required") return true;
    const verdict = this.#book.apply(message.type, message.seq, message.prev_seq, message.data as BookData);
    // Without one yet, what is missing has been asked for.
    if (verdict === "gap") return this.seq === undefined;
    if (verdict === "wrong") return false;
    if (verdict === "applied") {
      this.seq = this.#book.seq;
      this.epoch = this.#book.epoch;
      this.listener.next(this.#book.view(this.symbol));
    }
    return true;
  }

  override request(op: "subscribe" | "resume" | "unsubscribe"): Request {
    const found = super.request(op);
    if (op === "subscribe") return { ...found, depth: this.depth };
    if (op === "unsubscribe") return found;
    const [position] = found["positions"] as [Request];
    return { op, positions: [{ ...position, depth: this.depth }] };
  }
}
