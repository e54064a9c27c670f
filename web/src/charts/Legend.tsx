import { memo } from "react";
import classes from "./TimeChart.module.css";
import type { Pane, Series } from "./series";

interface LegendProps {
  readonly panes: readonly Pane[];
  /** The time under the crosshair; undefined: the last one. */
  readonly hovered: number | undefined;
}

/** Names of series with their values under the crosshair, over each pane. */
export const Legend = memo(function Legend({ panes, hovered }: LegendProps) {
  let top = 0;
  return panes.map((pane) => {
    const place = top;
    top += pane.height + 1;
    return (
      <div key={pane.id} className={classes["legend"]} style={{ top: place }}>
        {pane.series.map((each) => (
          <span key={each.id}>
            <i
              data-colour={each.kind === "candles" ? "text" : each.colour}
              data-dashed={"isDashed" in each && each.isDashed ? true : undefined}
              aria-hidden
            />
            {each.name} <b>{written(each, pane, hovered)}</b>
          </span>
        ))}
      </div>
    );
  });
});

function written(series: Series, pane: Pane, hovered: number | undefined): string {
  const { data } = series;
  const at = hovered === undefined ? data.times.length - 1 : placeOf(data.times, hovered);
  const value = "values" in data ? data.values[at] : data.close[at];
  return value === undefined ? "" : pane.format(value);
}

/** Of the last time that is not after one; -1: all are. */
export function placeOf(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
