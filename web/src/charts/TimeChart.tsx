import { useEffect, useMemo, useRef, useState } from "react";
import { usePreferences } from "@/format";
import { useColours } from "./colours";
import { Legend } from "./Legend";
import { usePrinting } from "@/format";
import type { Pane, TimeRange } from "./series";
import classes from "./TimeChart.module.css";
import { TimeChartView } from "./time_chart_view";

interface TimeChartProps {
  /** One above the other, on one time axis and with one crosshair. */
  readonly panes: readonly Pane[];
  readonly label: string;
  /** What is shown; undefined: all of it. */
  readonly range?: TimeRange | undefined;
  /** Panned or zoomed by the reader: load what is missing, keep it in the address. */
  readonly onRange?: (range: TimeRange) => void;
  /** The time under the crosshair, undefined beside the chart. */
  readonly onHover?: (time: number | undefined) => void;
  /** Whether times of a day matter, or days are all. */
  readonly hasTimes?: boolean;
  /** Whether seconds do. */
  readonly hasSeconds?: boolean;
}

/** Long curves and candles on a canvas; as many points as memory holds, but see `onRange` for more than that. */
export function TimeChart({
  panes,
  label,
  range,
  onRange,
  onHover,
  hasTimes = false,
  hasSeconds = false,
}: TimeChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<TimeChartView>();
  const [hovered, setHovered] = useState<number>();
  const colours = useColours();
  const isPrinting = usePrinting();
  const { clock } = usePreferences();
  const told = useRef({ onRange, onHover });
  useEffect(() => {
    told.current = { onRange, onHover };
  });
  useEffect(() => {
    if (place.current === null) return undefined;
    const made = new TimeChartView(place.current, clock, {
      onRange: (found) => told.current.onRange?.(found),
      onHover: (time) => {
        setHovered(time);
        told.current.onHover?.(time);
      },
    });
    setView(made);
    return () => made.remove();
  }, [clock]);
  useEffect(() => view?.paint(colours, { hasTimes, hasSeconds }), [view, colours, hasTimes, hasSeconds]);
  useEffect(() => view?.show(panes), [view, panes, colours]);
  useEffect(() => view?.showRange(range), [view, range]);
  useEffect(() => view?.print(isPrinting), [view, isPrinting]);
  const height = useMemo(() => panes.reduce((sum, each) => sum + each.height, 28), [panes]);
  return (
    <figure className={classes["chart"]} aria-label={label}>
      <div ref={place} className={classes["canvas"]} style={{ height }} />
      <Legend panes={panes} hovered={hovered} />
      <figcaption className={classes["credit"]}>
        Charts by{" "}
        <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
          TradingView Lightweight Charts™
        </a>
      </figcaption>
    </figure>
  );
}
