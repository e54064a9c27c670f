/** Channels of market data. */
import type { BarData, Book, Depth, QuoteData, StatisticsData, Trade, TradesData, Update } from "@arbitrax/client";
import type { Channel } from "./channels";

/** Trades that are kept of the tape. */
const MOST_TRADES = 500;
/** Bars that are kept as they close. */
const MOST_BARS = 2_000;

export function book(symbol: string, depth: Depth = 50): Channel<Book, Book> {
  return {
    key: `book ${symbol}`, // of one depth: a page shows one ladder
    open: (stream, listener) => stream.book(symbol, depth, listener),
    fold: (_, found) => found,
  };
}

/** The tape, the newest first. */
export function trades(symbol: string): Channel<Update<TradesData>, readonly Trade[]> {
  return {
    key: `trades ${symbol}`,
    open: (stream, listener) => stream.trades(symbol, listener),
    fold: (before = [], { data }) => [...data.trades.toReversed(), ...before].slice(0, MOST_TRADES),
  };
}

/** Best bid and offer. */
export function quote(symbol: string): Channel<Update<QuoteData>, QuoteData> {
  return {
    key: `prices ${symbol}`,
    open: (stream, listener) => stream.prices(symbol, listener),
    fold: (_, { data }) => data,
  };
}

/** Figures of the day. */
export function statistics(symbol: string): Channel<Update<StatisticsData>, StatisticsData> {
  return {
    key: `statistics ${symbol}`,
    open: (stream, listener) => stream.statistics(symbol, listener),
    fold: (_, { data }) => data,
  };
}

/** Bars since the page follows them without a gap, the oldest first; the last one grows. */
export function bars(symbol: string, interval: "1s" | "1m"): Channel<Update<BarData>, readonly BarData[]> {
  return {
    key: `bars.${interval} ${symbol}`,
    open: (stream, listener) => stream.bars(symbol, interval, listener),
    fold: (before = [], { type, data }) => {
      if (type === "snapshot") return [data];
      const kept = before.at(-1)?.start === data.start ? before.slice(0, -1) : before.slice(1 - MOST_BARS);
      return [...kept, data];
    },
  };
}
