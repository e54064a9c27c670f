import { SegmentedControl } from "@mantine/core";
import { useCallback, useMemo } from "react";
import type { InstrumentMessage, OrderMessage } from "@/api";
import { PriceChart, type OrderLine } from "@/charts";
import { figureText, formatNumber } from "@/format";
import { digitsOf, nearest } from "@/format/exact";
import classes from "./TradeDesk.module.css";
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
  readonly onMove: (order: OrderMessage, price: string) => void;
}

/** Candles of the exchange's trades with the middle of its best prices, or of days that are stored; own orders as lines. */
export function MarketChart(props: MarketChartProps) {
  const { instrument, market, interval, onInterval, orders, underWay, onMove } = props;
  const stored = instrument.coverage.find((each) => each.interval === "1d")?.last;
  const source = usePriceSource(market.symbol, interval, stored);
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
          aria-label="Interval"
          data={choices}
          value={interval}
          onChange={(value) => onInterval(value as ChartInterval)}
        />
        <span>
          {interval === "1d"
            ? "Prices as stored, not this exchange’s"
            : "Trades of this exchange; grey: middle since this page follows it"}
        </span>
      </div>
      <PriceChart
        label={`Prices of ${market.symbol}`}
        height={304}
        source={source}
        seconds={SECONDS[interval]}
        orders={interval === "1d" ? NO_LINES : lines}
        format={format}
        step={Number(market.tick)}
        snap={snap}
        onMove={(id, price) => {
          const order = orders.get(id);
          if (order !== undefined) onMove(order, nearest(price, market.tick));
        }}
      />
    </>
  );
}

const NO_LINES: readonly OrderLine[] = [];

export function orderLines(
  orders: ReadonlyMap<string, OrderMessage>,
  underWay: ReadonlyMap<string, UnderWay>,
  symbol: string,
): readonly OrderLine[] {
  return [...orders.values()].flatMap((each): OrderLine[] => {
    const way = underWay.get(each.id);
    const price = way?.change?.price ?? each.price;
    if (each.status !== "open" || each.symbol !== symbol || price === null) return [];
    const title = `${each.side} ${figureText(each.open_quantity)}`;
    return [{ id: each.id, price: Number(price), side: each.side, title, isFixed: way !== undefined }];
  });
}
