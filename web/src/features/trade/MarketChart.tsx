import { SegmentedControl } from "@mantine/core";
import { useCallback, useMemo } from "react";
import type { InstrumentMessage, OrderMessage } from "@/api";
import { Live, Stale, useStaleAt } from "@/app/states";
import { PriceChart } from "@/charts";
import { formatNumber } from "@/format";
import { digitsOf, nearest } from "@/format/exact";
import classes from "./TradeDesk.module.css";
import { orderLines, type Moved, type OwnLine } from "./chart_lines";
import type { Market } from "./ticket";
import type { UnderWay } from "./use_order_changes";
import { SECONDS, usePriceSource, type ChartInterval } from "./use_price_source";

interface MarketChartProps {
  readonly instrument: InstrumentMessage;
  readonly market: Market;
  readonly interval: ChartInterval;
  readonly onInterval: (interval: ChartInterval) => void;
  readonly orders: ReadonlyMap<string, OrderMessage>;
  readonly underWay: ReadonlyMap<string, UnderWay>;
  readonly onMove: (order: OrderMessage, to: Moved) => void;
}

/** Candles of the exchange's trades with the middle of its best prices, or of days that are stored; own orders as lines. */
export function MarketChart(props: MarketChartProps) {
  const { instrument, market, interval, onInterval, orders, underWay, onMove } = props;
  const stored = instrument.coverage.find((each) => each.interval === "1d")?.last;
  const source = usePriceSource(market.symbol, interval, stored);
  const staleAt = useStaleAt();
  const isStored = interval === "1d";
  const digits = digitsOf(market.tick);
  const format = useCallback((price: number) => formatNumber(price, { digits }), [digits]);
  const snap = useCallback(
    (price: number) => Math.max(Number(market.tick), Number(nearest(price, market.tick))),
    [market.tick],
  );
  const lines = useMemo(() => orderLines(orders, underWay, market.symbol), [orders, underWay, market.symbol]);
  const choices = [
    { value: "1s", label: "1 s" },
    { value: "1m", label: "1 min" },
    ...(stored === undefined ? [] : [{ value: "1d", label: "1 d, stored" }]),
  ];
  return (
    <>
      <div className={classes["bar"]}>
        <SegmentedControl
          size="xs"
          className={classes["interval"] ?? ""}
          aria-label="Interval"
          data={choices}
          value={interval}
          onChange={(value) => onInterval(value as ChartInterval)}
        />
        {isStored ? (
          <span>Prices as stored, not this exchange’s</span>
        ) : staleAt !== undefined ? (
          <Stale at={staleAt} />
        ) : (
          <span>Trades; grey: middle while watched</span>
        )}
      </div>
      <Live>
        <PriceChart
          label={`Prices of ${market.symbol}`}
          height={304}
          source={source}
          seconds={SECONDS[interval]}
          orders={isStored ? NO_LINES : lines}
          format={format}
          step={Number(market.tick)}
          snap={snap}
          onMove={(id, price) => {
            const line = lines.find((each) => each.id === id);
            if (line !== undefined) onMove(line.order, { [line.moves]: nearest(price, market.tick) });
          }}
        />
      </Live>
    </>
  );
}

const NO_LINES: readonly OwnLine[] = [];
