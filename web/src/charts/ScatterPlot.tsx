import { formatPercent } from "@/format";
import { Plot, type PlotScale } from "./Plot";
import classes from "./Plot.module.css";

/** Of shares: 0.1 is 10%. */
export interface Dot {
  readonly x: number;
  readonly y: number;
}

interface ScatterPlotProps<Of extends Dot> {
  readonly name: string;
  readonly dots: readonly Of[];
  readonly tell: (dot: Of) => readonly string[];
  readonly onChoose: (dot: Of) => void;
}

/** Pixels around a dot in which it is meant. */
const REACH = 12;

/** Shares against shares; those that lost in the colour of losses. */
export function ScatterPlot<Of extends Dot>({ name, dots, tell, onChoose }: ScatterPlotProps<Of>) {
  const nearest = (left: number, top: number, { x, y }: PlotScale): Of | undefined => {
    let [found, least]: [Of | undefined, number] = [undefined, REACH];
    for (const each of dots) {
      const distance = Math.hypot(x(each.x) - left, y(each.y) - top);
      if (distance < least) [found, least] = [each, distance];
    }
    return found;
  };
  const wholePercent = (value: number) => formatPercent(value, 0);
  return (
    <Plot
      label={`${name}: ${dots.length} trades`}
      x={{ ...boundsOf(dots.map((each) => each.x)), format: wholePercent }}
      y={{ ...boundsOf([0, ...dots.map((each) => each.y)]), format: wholePercent }}
      tipAt={(left, top, scale) => {
        const dot = nearest(left, top, scale);
        return dot === undefined ? undefined : { x: scale.x(dot.x), y: scale.y(dot.y), lines: tell(dot) };
      }}
      onClick={(left, top, scale) => {
        const dot = nearest(left, top, scale);
        if (dot !== undefined) onChoose(dot);
      }}
    >
      {({ x, y }) => (
        <g className={classes["dots"]}>
          <line className={classes["zero"]} x1={56} x2="100%" y1={y(0)} y2={y(0)} />
          {dots.map((each, at) => (
            <circle key={at} className={classes[each.y < 0 ? "loss" : "gain"]} cx={x(each.x)} cy={y(each.y)} r={3.5} />
          ))}
        </g>
      )}
    </Plot>
  );
}

/** With some room around them. */
function boundsOf(values: readonly number[]): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const each of values) [low, high] = [Math.min(low, each), Math.max(high, each)];
  const room = Math.max((high - low) * 0.04, 1e-6);
  return { low: low - room, high: high + room };
}
