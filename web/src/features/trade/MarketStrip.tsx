import { useMemo } from "react";
import type { StatisticsData } from "@arbitrax/client";
import { DASH, figureText, formatDecimal, formatPercent } from "@/format";
import { minus } from "@/format/exact";
import { statistics, useChannelValue, useFrameValue } from "@/live";
import { LiveText } from "./LiveText";
import classes from "./Strip.module.css";

const PHASES: Readonly<Record<string, string>> = {
  continuous: "trading",
  auction: "auction",
  halted: "halted",
  closed: "closed",
};

/** How the market is today (UTC): written by itself as it changes. */
export function MarketStrip({ symbol }: { readonly symbol: string }) {
  const day = useChannelValue(useMemo(() => statistics(symbol), [symbol]));
  const direction = useFrameValue(day, ({ data }) => directionOf(data));
  return (
    <dl className={classes["group"]} aria-label={`${symbol} today`}>
      <div>
        <dt>Last</dt>
        <dd className={classes["main"]}>
          <LiveText value={day} tint select={({ data }) => textOf(data?.last)} />
        </dd>
      </div>
      <div>
        <dt>Since the open</dt>
        <dd data-change={direction} style={{ minWidth: 128 }}>
          <LiveText value={day} select={({ data }) => changeText(data)} />
        </dd>
      </div>
      <div>
        <dt>Day range</dt>
        <dd>
          <LiveText
            value={day}
            select={({ data }) => (data?.low == null ? DASH : `${textOf(data.low)} – ${textOf(data.high)}`)}
          />
        </dd>
      </div>
      <div>
        <dt>Volume</dt>
        <dd>
          <LiveText value={day} select={({ data }) => textOf(data?.volume)} />
        </dd>
      </div>
    </dl>
  );
}

/** Whether orders trade now. */
export function MarketPhase({ symbol }: { readonly symbol: string }) {
  const day = useChannelValue(useMemo(() => statistics(symbol), [symbol]));
  const phase = useFrameValue(day, ({ data }) => data?.phase);
  return (
    <span className={classes["phase"]} data-open={phase === undefined || phase === "continuous"}>
      {phase === undefined ? DASH : (PHASES[phase] ?? phase)}
    </span>
  );
}

export function changeText(data: StatisticsData | undefined): string {
  if (data?.last == null || data.open === null) return DASH;
  const change = minus(data.last, data.open);
  const share = Number(change) / Number(data.open);
  return `${figureText(change, "decimal", data.last.split(".")[1]?.length ?? 0, true)} (${formatPercent(share, 2, true)})`;
}

function directionOf(data: StatisticsData | undefined): "up" | "down" | undefined {
  if (data?.last == null || data.open === null) return undefined;
  const change = Number(data.last) - Number(data.open);
  return change > 0 ? "up" : change < 0 ? "down" : undefined;
}

function textOf(value: string | null | undefined): string {
  return value === null || value === undefined ? DASH : formatDecimal(value);
}
