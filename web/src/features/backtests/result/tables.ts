/** Tables of a run. They can be long: the first rows come first, and they are CSV that is not compared row by row. */
import { skipToken } from "@reduxjs/toolkit/query";
import { useMemo } from "react";
import { api } from "@/api";
import { readCsv } from "./csv_rows";
import type { Trade } from "./trades";

export interface OrderRow {
  readonly order: number;
  readonly symbol: string;
  readonly created: string;
  readonly ended: string | null;
  readonly side: string;
  readonly kind: string;
  readonly size: string;
  readonly unit: string;
  readonly status: string;
  readonly reason: string;
  readonly quantity: string;
  readonly price: string | null;
  readonly limit: string | null;
  readonly stop: string | null;
  readonly fee: string;
  readonly slippage: string;
  readonly tag: string | null;
}

/** Of returns over the last half year. */
export interface RollingRow {
  readonly time: number;
  readonly sharpe: number;
  readonly volatility: number;
  readonly beta: number;
}

/** A return from one close to another: of a session of bars that are shorter, else of a bar. */
export interface ReturnRow {
  /** Seconds since 1970. */
  readonly since: number;
  readonly until: number;
  readonly change: number;
}

interface Rows<T> {
  readonly rows: readonly T[];
}

/** Rows that are there before all are: more than anybody sees at once. */
const FIRST = 500;

const table =
  (name: string, params = {}) =>
  (backtest: string) => ({
    url: `/api/v1/backtests/${encodeURIComponent(backtest)}/tables/${name}`,
    params,
    headers: { Accept: "text/csv" },
  });

const withTables = api.injectEndpoints({
  endpoints: (build) => ({
    firstTrades: build.query<Rows<Trade>, string>({
      query: table("trades", { limit: FIRST }),
      transformResponse: async (csv: string) => kept(await readTrades(csv)),
    }),
    allTrades: build.query<Rows<Trade>, string>({
      query: table("trades"),
      transformResponse: async (csv: string) => kept(await readTrades(csv)),
      keepUnusedDataFor: 60,
    }),
    firstOrders: build.query<Rows<OrderRow>, string>({
      query: table("orders", { limit: FIRST }),
      transformResponse: async (csv: string) => kept(await readOrders(csv)),
    }),
    allOrders: build.query<Rows<OrderRow>, string>({
      query: table("orders"),
      transformResponse: async (csv: string) => kept(await readOrders(csv)),
      keepUnusedDataFor: 60,
    }),
    rolling: build.query<Rows<RollingRow>, string>({
      query: table("rolling"),
      transformResponse: async (csv: string) => kept(await readRolling(csv)),
      keepUnusedDataFor: 60,
    }),
    returns: build.query<Rows<ReturnRow>, string>({
      query: table("returns"),
      transformResponse: async (csv: string) => kept(await readReturns(csv)),
      keepUnusedDataFor: 60,
    }),
  }),
});

const { useFirstTradesQuery, useAllTradesQuery, useFirstOrdersQuery, useAllOrdersQuery } = withTables;
export const { useRollingQuery, useReturnsQuery } = withTables;

/** Rows of a table, the first ones or all. */
export interface TableRows<T> extends Rows<T> {
  readonly isWhole: boolean;
}

/** What a query hook gives, as far as it is handed on. */
export interface TableQuery<T> {
  readonly data?: T | undefined;
  readonly error?: unknown;
  readonly fulfilledTimeStamp?: number | undefined;
  readonly refetch: () => unknown;
}

/** `hasTurn`: what is to be seen first is there, so that a hundred thousand rows hold up nothing. */
export function useTradesQuery(backtest: string, hasTurn: boolean): TableQuery<TableRows<Trade>> {
  const first = useFirstTradesQuery(backtest);
  return useBoth(first, useAllTradesQuery(hasTurn && isLong(first.data) ? backtest : skipToken));
}

export function useOrdersQuery(backtest: string): TableQuery<TableRows<OrderRow>> {
  const first = useFirstOrdersQuery(backtest);
  return useBoth(first, useAllOrdersQuery(isLong(first.data) ? backtest : skipToken));
}

/** Whether all orders are there, without asking for them. */
export function useHasOrders(backtest: string): boolean {
  const { firstOrders, allOrders } = withTables.endpoints;
  const [first, all] = [firstOrders.useQueryState(backtest).data, allOrders.useQueryState(backtest).data];
  return all !== undefined || (first !== undefined && !isLong(first));
}

/** The same query, with nothing until all rows are there: for what sums them up. */
export function wholly<T>(query: TableQuery<TableRows<T>>): TableQuery<TableRows<T>> {
  return query.data?.isWhole === false ? { ...query, data: undefined } : query;
}

function isLong(first: Rows<unknown> | undefined): boolean {
  return first !== undefined && first.rows.length >= FIRST;
}

function useBoth<T>(first: TableQuery<Rows<T>>, all: TableQuery<Rows<T>>): TableQuery<TableRows<T>> {
  const rows = (all.data ?? first.data)?.rows;
  const isWhole = all.data !== undefined || !isLong(first.data);
  const data = useMemo(() => (rows === undefined ? undefined : { rows, isWhole }), [rows, isWhole]);
  const asked = isLong(first.data) ? all : first;
  return { data, error: asked.error, fulfilledTimeStamp: asked.fulfilledTimeStamp, refetch: asked.refetch };
}

/** Frozen outside, so that the store does not look at each row. */
function kept<T>(rows: readonly T[]): Rows<T> {
  return Object.freeze({ rows: Object.freeze(rows) });
}

export function readTrades(csv: string): Promise<Trade[]> {
  return readCsv(csv, (field, number): Trade => {
    const text = (name: string) => field(name) ?? "";
    const decimal = (name: string) => plain(text(name));
    return {
      number: number + 1,
      symbol: text("symbol"),
      side: text("side"),
      quantity: decimal("quantity"),
      entryTime: text("entry_time"),
      entryPrice: decimal("entry_price"),
      entryReason: text("entry_reason"),
      entryTag: field("entry_tag") ?? null,
      exitTime: text("exit_time"),
      exitPrice: decimal("exit_price"),
      exitReason: text("exit_reason"),
      exitTag: field("exit_tag") ?? null,
      isOpen: /^true$/i.test(text("is_open")),
      pnl: decimal("pnl"),
      change: asNumber(field("return")),
      mae: asNumber(field("mae")),
      mfe: asNumber(field("mfe")),
      fees: decimal("fees"),
      slippage: decimal("slippage"),
      seconds: asNumber(field("duration_seconds")),
      entered: Date.parse(text("entry_time")) / 1000,
      left: Date.parse(text("exit_time")) / 1000,
      profit: asNumber(field("pnl")),
    };
  });
}

export function readOrders(csv: string): Promise<OrderRow[]> {
  return readCsv(csv, (field): OrderRow => {
    const text = (name: string) => field(name) ?? "";
    const decimal = (name: string) => {
      const found = field(name);
      return found === undefined ? null : plain(found);
    };
    return {
      order: asNumber(field("order")),
      symbol: text("symbol"),
      created: text("created_time"),
      ended: field("ended_time") ?? null,
      side: text("side"),
      kind: text("kind"),
      size: decimal("size") ?? "",
      unit: text("size_unit"),
      status: text("status"),
      reason: text("reason"),
      quantity: decimal("quantity") ?? "",
      price: decimal("price"),
      limit: decimal("limit"),
      stop: decimal("stop"),
      fee: decimal("fee") ?? "",
      slippage: decimal("slippage") ?? "",
      tag: field("tag") ?? null,
    };
  });
}

export function readRolling(csv: string): Promise<RollingRow[]> {
  return readCsv(csv, (field) => ({
    time: Date.parse(field("time") ?? "") / 1000,
    sharpe: asNumber(field("sharpe")),
    volatility: asNumber(field("volatility")),
    beta: asNumber(field("beta")),
  }));
}

export function readReturns(csv: string): Promise<ReturnRow[]> {
  return readCsv(csv, (field) => ({
    since: Date.parse(field("since") ?? "") / 1000,
    until: Date.parse(field("time") ?? "") / 1000,
    change: asNumber(field("return")),
  }));
}

function asNumber(text: string | undefined): number {
  return text === undefined ? NaN : Number(text);
}

/** Programs write very large and small numbers with an exponent; a decimal string has none. */
function plain(text: string): string {
  if (!/e/i.test(text)) return text;
  return Number(text).toLocaleString("en-US", { useGrouping: false, maximumFractionDigits: 20 });
}
