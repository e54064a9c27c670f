/** Recharts, for at most two thousand points; loaded with the tabs that need it. */
import {
  Bar,
  BarChart,
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { useColours } from "@/charts";
import { formatCount, formatPercent } from "@/format";
import type { Bin } from "./bins";
import type { Trade } from "./trades";

const HEIGHT = 280;
const MOST = 2000;
const AXIS = { fontSize: 12, tickLine: false, axisLine: false } as const;
const SPACE = { top: 8, right: 16, bottom: 8, left: 0 };

/** How often returns were how large; those below 0 in the colour of losses. */
export function Histogram({ bins, name }: { readonly bins: readonly Bin[]; readonly name: string }) {
  const colours = useColours();
  return (
    <ResponsiveContainer width="100%" height={HEIGHT}>
      <BarChart
        data={bins.map((bin) => ({ ...bin, fill: bin.from < 0 ? colours.loss : colours.gain }))}
        margin={SPACE}
        barCategoryGap={1}
        title={name}
      >
        <CartesianGrid vertical={false} stroke={colours.line} />
        <XAxis
          {...AXIS}
          dataKey="from"
          stroke={colours.faint}
          tickFormatter={(value: number) => formatPercent(value, 1)}
          minTickGap={32}
        />
        <YAxis {...AXIS} stroke={colours.faint} width={48} allowDecimals={false} tickFormatter={formatCount} />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: colours.line }}
          content={({ payload }) => {
            const bin = payload[0]?.payload as Bin | undefined;
            return bin === undefined ? null : (
              <Note
                lines={[`${formatPercent(bin.from)} to ${formatPercent(bin.to)}`, `${formatCount(bin.count)} times`]}
              />
            );
          }}
        />
        <Bar dataKey="count" isAnimationActive={false} />
      </BarChart>
    </ResponsiveContainer>
  );
}

interface ExcursionsProps {
  readonly trades: readonly Trade[];
  readonly of: "mae" | "mfe";
  readonly onShow: (trade: Trade) => void;
}

/** How far a trade went against or for it, and what came of it. */
export function Excursions({ trades, of, onShow }: ExcursionsProps) {
  const colours = useColours();
  const known = trades.filter((each) => !Number.isNaN(each[of]));
  const shown = thinned(known);
  return (
    <>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <ScatterChart margin={SPACE}>
          <CartesianGrid stroke={colours.line} />
          <XAxis
            {...AXIS}
            type="number"
            dataKey={of}
            stroke={colours.faint}
            tickFormatter={(value: number) => formatPercent(value, 0)}
          />
          <YAxis
            {...AXIS}
            type="number"
            dataKey="change"
            stroke={colours.faint}
            width={56}
            tickFormatter={(value: number) => formatPercent(value, 0)}
          />
          <ReferenceLine y={0} stroke={colours.faint} />
          <Tooltip
            isAnimationActive={false}
            content={({ payload }) => {
              const trade = payload[0]?.payload as Trade | undefined;
              if (trade === undefined) return null;
              const name = of.toUpperCase();
              return (
                <Note
                  lines={[
                    `#${trade.number} ${trade.symbol}, ${trade.entryTime.slice(0, 10)}`,
                    `${name} ${formatPercent(trade[of])}, return ${formatPercent(trade.change, 2, true)}`,
                  ]}
                />
              );
            }}
          />
          <Scatter
            data={shown.map((each) => ({ ...each, fill: each.change < 0 ? colours.loss : colours.gain }))}
            isAnimationActive={false}
            onClick={({ payload }: { payload?: unknown }) => onShow(payload as Trade)}
          />
        </ScatterChart>
      </ResponsiveContainer>
      {shown.length < known.length && (
        <Note lines={[`${formatCount(shown.length)} of ${formatCount(known.length)} trades are drawn.`]} />
      )}
    </>
  );
}

function Note({ lines }: { readonly lines: readonly string[] }) {
  const { card, line } = useColours();
  return (
    <div style={{ padding: "4px 8px", fontSize: 12, background: card, border: `1px solid ${line}`, borderRadius: 4 }}>
      {lines.map((each) => (
        <div key={each}>{each}</div>
      ))}
    </div>
  );
}

/** Every so many, with the largest gains and losses. */
function thinned(trades: readonly Trade[]): Trade[] {
  if (trades.length <= MOST) return [...trades];
  const sorted = [...trades].sort((one, other) => one.change - other.change);
  const outer = [...sorted.slice(0, MOST / 10), ...sorted.slice(-MOST / 10)];
  const stride = Math.ceil(trades.length / (MOST - outer.length));
  return [...new Set([...outer, ...trades.filter((_, at) => at % stride === 0)])];
}
