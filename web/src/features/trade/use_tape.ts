/** Bars of the exchange's trades: those that its recorder has, which the web socket goes on from. */
import type { BarData } from "@arbitrax/client";
import { skipToken } from "@reduxjs/toolkit/query";
import { useEffect, useMemo } from "react";
import { useListBarsQuery, type BarMessage } from "@/api";
import { bars, useChannelValue, useFrameValue, type FrameValue, type Live } from "@/live";
import { rememberBars, type TapeBar, type TapeInterval } from "./market_memory";

/** Bars of the past that are asked for. */
const POINTS = 3_000;
const SECONDS: Readonly<Record<TapeInterval, number>> = { "1s": 1, "1m": 60 };
/** Until the recorder, which is behind by some ten ms, has what lies between. */
const AGAIN_MS = 1_000;

/** Follow them, and remember those of the past; undefined: none are shown. */
export function useTape(symbol: string, tape: TapeInterval | undefined): FrameValue<Live<readonly BarData[]>> {
  const live = useChannelValue(useMemo(() => (tape === undefined ? undefined : bars(symbol, tape)), [symbol, tape]));
  const start = useMemo(() => (tape === undefined ? undefined : startOf(tape)), [tape]);
  const asked = tape === undefined || start === undefined ? skipToken : askedFor(symbol, tape, start);
  const { currentData: past, fulfilledTimeStamp: at, refetch } = useListBarsQuery(asked);
  // Whatever lies between what was recorded and the first bar that came is asked for again.
  const first = useFrameValue(live, ({ data }) => data?.[0]?.start);
  const until = past?.complete_until ?? undefined;
  const isShort = first !== undefined && until !== undefined && Date.parse(until) < Date.parse(first);
  useEffect(() => {
    if (!isShort) return undefined;
    const timer = setTimeout(() => void refetch(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isShort, at, refetch]);
  useEffect(() => {
    if (tape !== undefined && past !== undefined) rememberBars(symbol, tape, past.data.map(pastBar));
  }, [symbol, tape, past]);
  return live;
}

/** The beginning is the same for some time, and so is the request. */
function startOf(tape: TapeInterval): string {
  const part = SECONDS[tape] * 600;
  return new Date((Math.floor(Date.now() / 1000 / part) * part - POINTS * SECONDS[tape]) * 1000).toISOString();
}

function askedFor(symbol: string, interval: TapeInterval, start: string) {
  return { symbol, interval, start, source: "exchange", points: POINTS + 600 } as const;
}

function pastBar({ timestamp, open, high, low, close, volume }: BarMessage): TapeBar {
  return tapeBar(timestamp, open, high, low, close, volume);
}

export function liveBar({ start, open, high, low, close, volume }: BarData): TapeBar {
  return tapeBar(start, open, high, low, close, volume);
}

function tapeBar(start: string, ...numbers: readonly [string, string, string, string, string]): TapeBar {
  const [open, high, low, close, volume] = numbers.map(Number) as [number, number, number, number, number];
  return { time: Date.parse(start) / 1000, open, high, low, close, volume };
}
