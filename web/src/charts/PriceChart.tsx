import { useEffect, useRef, useState } from "react";
import { usePreferences } from "@/format";
import { useColours } from "./colours";
import type { OrderLine } from "./order_lines_view";
import { PriceChartView, type PriceBar, type PricePoint } from "./price_chart_view";
import classes from "./TimeChart.module.css";

/** What is drawn, read when `subscribe` tells of something new: no component is drawn again for it. */
export interface PriceSource {
  readonly read: () => { readonly bars: readonly PriceBar[]; readonly middle: readonly PricePoint[] };
  readonly subscribe: (changed: () => void) => () => void;
}

interface PriceChartProps {
  readonly label: string;
  readonly height: number;
  readonly source: PriceSource;
  /** Of a bar; a day's has no time of day. */
  readonly seconds: number;
  readonly orders: readonly OrderLine[];
  readonly format: (price: number) => string;
  /** Between prices that an order may have. */
  readonly step: number;
  readonly snap: (price: number) => number;
  /** A line was dragged to another price. */
  readonly onMove: (order: string, price: number) => void;
}

const DAY = 86_400;
/** A chart is drawn anew as a whole; more often nobody sees. */
const EVERY_MS = 200;

/** Candles as they grow; orders as lines that can be dragged. */
export function PriceChart(props: PriceChartProps) {
  const { label, height, source, seconds, orders, format, step, snap, onMove } = props;
  const place = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<PriceChartView>();
  const colours = useColours();
  const { clock } = usePreferences();
  const told = useRef({ snap, onMove });
  useEffect(() => {
    told.current = { snap, onMove };
  });
  useEffect(() => {
    if (place.current === null) return undefined;
    const made = new PriceChartView(place.current, clock, {
      snap: (price) => told.current.snap(price),
      onMove: (order, price) => told.current.onMove(order, price),
    });
    setView(made);
    return () => made.remove();
  }, [clock]);
  useEffect(() => view?.paint(colours, format, step), [view, colours, format, step]);
  useEffect(() => {
    if (view === undefined) return undefined;
    view.showTimes({ hasTimes: seconds < DAY, hasSeconds: seconds < 60 });
    const draw = () => {
      const { bars, middle } = source.read();
      view.showBars(bars);
      view.showMiddle(middle);
    };
    draw();
    if (seconds < DAY) view.showNewest();
    else view.showAll();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let frame = 0;
    const later = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        frame = requestAnimationFrame(draw);
      }, EVERY_MS);
    };
    const leave = source.subscribe(later);
    return () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame); // the view may be gone by then
      leave();
    };
  }, [view, source, seconds]);
  useEffect(() => view?.showOrders(orders), [view, orders]);
  return (
    <figure className={classes["chart"]} aria-label={label}>
      <div ref={place} className={classes["canvas"]} style={{ height }} />
      <figcaption className={classes["credit"]}>
        Charts by{" "}
        <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
          TradingView Lightweight Charts™
        </a>
      </figcaption>
    </figure>
  );
}
