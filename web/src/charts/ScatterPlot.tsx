import {
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { formatPercent } from "@/format";
import { useColours } from "./colours";
import { AXIS, ChartNote, FIRST_SIZE, SMALL_HEIGHT, SPACE } from "./small_chart";

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

const wholePercent = (value: number) => formatPercent(value, 0);

/** Shares against shares; those that lost in the colour of losses. */
export function ScatterPlot<Of extends Dot>({ name, dots, tell, onChoose }: ScatterPlotProps<Of>) {
  const colours = useColours();
  return (
    <figure aria-label={`${name}: ${dots.length} trades`} style={{ margin: 0 }}>
      <ResponsiveContainer width="100%" height={SMALL_HEIGHT} initialDimension={FIRST_SIZE}>
        <ScatterChart margin={SPACE}>
          <CartesianGrid stroke={colours.line} />
          <XAxis {...AXIS} type="number" dataKey="x" stroke={colours.faint} tickFormatter={wholePercent} />
          <YAxis {...AXIS} type="number" dataKey="y" stroke={colours.faint} width={56} tickFormatter={wholePercent} />
          <ReferenceLine y={0} stroke={colours.faint} />
          <Tooltip
            isAnimationActive={false}
            content={({ payload }) => {
              const dot = payload[0]?.payload as Of | undefined;
              return dot === undefined ? null : <ChartNote lines={tell(dot)} />;
            }}
          />
          <Scatter
            data={dots.map((each) => ({ ...each, fill: each.y < 0 ? colours.loss : colours.gain }))}
            isAnimationActive={false}
            onClick={({ payload }: { payload?: unknown }) => onChoose(payload as Of)}
          />
        </ScatterChart>
      </ResponsiveContainer>
    </figure>
  );
}
