/** Where the chart's prices come from: the tape as it goes, or prices that are stored. */
import { useEffect, useMemo } from "react";
import { useListBarsQuery } from "@/api";
import type { PriceBar, PriceSource } from "@/charts";
import { quote, useChannelValue } from "@/live";
import { keepMemory, rememberBars, rememberMiddle, remembered, type TapeInterval } from "./market_memory";
import { liveBar, useTape } from "./use_tape";

export type ChartInterval = TapeInterval | "1d";
export const SECONDS: Readonly<Record<ChartInterval, number>> = { "1s": 1, "1m": 60, "1d": 86_400 };
const NONE: readonly PriceBar[] = [];
/** Two years of trading days are a page. */
const DAYS = 720;

/** `until`: when the newest stored day is; undefined: none is stored. */
export function usePriceSource(symbol: string, interval: ChartInterval, until: string | undefined): PriceSource {
  const tape = interval === "1d" ? undefined : interval;
  const live = useTape(symbol, tape);
  const best = useChannelValue(useMemo(() => quote(symbol), [symbol]));
  const stored = useStoredDays(symbol, interval === "1d" ? until : undefined);
  useEffect(() => {
    window.addEventListener("pagehide", keepMemory);
    return () => {
      window.removeEventListener("pagehide", keepMemory);
      keepMemory();
    };
  }, []);
  useEffect(() => {
    const remember = () => {
      const now = Date.now();
      for (const each of ["1s", "1m"] as const) {
        if (best.shown.data !== undefined) rememberMiddle(symbol, each, best.shown.data, now);
      }
    };
    remember();
    const timer = setInterval(remember, 1_000);
    return () => clearInterval(timer);
  }, [best, symbol]);
  return useMemo((): PriceSource => {
    if (tape === undefined) return { read: () => ({ bars: stored, middle: [] }), subscribe: () => () => undefined };
    return {
      read: () => {
        const found = live.shown.data ?? [];
        rememberBars(symbol, tape, found.map(liveBar), found.at(-1)?.epoch);
        if (best.shown.data !== undefined) rememberMiddle(symbol, tape, best.shown.data, Date.now());
        return remembered(symbol, tape);
      },
      subscribe: (changed) => {
        const leave = [live.subscribe(changed), best.subscribe(changed)];
        const timer = setInterval(changed, 1_000); // time goes on where nothing happens
        return () => {
          clearInterval(timer);
          for (const each of leave) each();
        };
      },
    };
  }, [symbol, tape, live, best, stored]);
}

function useStoredDays(symbol: string, until: string | undefined): readonly PriceBar[] {
  const start = until === undefined ? null : new Date(Date.parse(until) - DAYS * 86_400_000).toISOString();
  const { data } = useListBarsQuery({ symbol, interval: "1d", start, limit: 500 }, { skip: start === null });
  return useMemo(
    () =>
      data?.data.map(({ timestamp, open, high, low, close }) => ({
        time: Date.parse(timestamp) / 1000,
        open: Number(open),
        high: Number(high),
        low: Number(low),
        close: Number(close),
      })) ?? NONE,
    [data],
  );
}
