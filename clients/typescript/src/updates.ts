// What a stream tells, by channel (docs/websocket.md). Prices, quantities and cash are decimal strings.

import type { Level } from "./book.js";
import type { FillOfOrder, OrderMessage, PositionMessage } from "./messages.js";

/** A message of a channel: a snapshot says how it is, whatever came before; an event what happened. */
export interface Update<T> {
  readonly channel: string;
  readonly type: "snapshot" | "event";
  /** Of an account's channel its id, of a run's the run, of jobs the user, of the exchange `exchange`. */
  readonly symbol: string;
  readonly seq: number;
  readonly at: string;
  readonly data: T;
}

/** `number` counts the trades of the symbol; `taker` is buy, sell or auction; `time` is in ms since 1970. */
export type Trade = readonly [number: number, price: string, quantity: string, taker: string, time: number];

export interface TradesData {
  readonly epoch: number;
  readonly trades: readonly Trade[];
}

export interface QuoteData {
  readonly epoch: number;
  readonly bid: Level | null;
  readonly ask: Level | null;
}

/** Of the day (UTC); prices are null before its first trade, `last` is of any day. */
export interface StatisticsData {
  readonly epoch: number;
  readonly phase: string;
  readonly day: string;
  readonly last: string | null;
  readonly open: string | null;
  readonly high: string | null;
  readonly low: string | null;
  readonly vwap: string | null;
  readonly volume: string;
  readonly count: number;
}

/** The trades of a second or minute; told again as it grows, and once more when it is `closed`. */
export interface BarData {
  readonly epoch: number;
  readonly start: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly trades: number;
  readonly closed: boolean;
}

export interface OrdersData {
  readonly entry: string;
  readonly orders: readonly OrderMessage[];
}

export interface FillsData {
  readonly entry: string;
  readonly fills: readonly FillOfOrder[];
}

export interface PositionsData {
  readonly entry: string;
  readonly positions: readonly PositionMessage[];
}

export interface CashData {
  readonly entry: string;
  readonly cash: string;
  readonly currency: string;
}

export interface JobsData {
  readonly jobs: readonly JobChange[];
}

/** How a job is now; a reproduction has the id of its backtest. */
export interface JobChange {
  readonly kind: "backtest" | "ingestion" | "reproduction";
  readonly id: string;
  readonly status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead";
  readonly cancel_asked: boolean;
}

export type RunData =
  | { readonly kind: "progress"; readonly status: string; readonly progress: number; readonly eta: string | null }
  | { readonly kind: "equity"; readonly times: readonly string[]; readonly equity: readonly number[] }
  | { readonly kind: "log"; readonly text: string; readonly bar: string | null }
  | { readonly kind: "done"; readonly [field: string]: unknown };
