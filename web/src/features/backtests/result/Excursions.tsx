import { ScatterPlot } from "@/charts";
import { formatCount, formatPercent } from "@/format";
import classes from "./Result.module.css";
import type { Trade } from "./trades";

interface ExcursionsProps {
  readonly trades: readonly Trade[];
  readonly of: "mae" | "mfe";
  readonly onShow: (trade: Trade) => void;
}

const MOST = 2000;

/** How far a trade went against or for it, and what came of it. */
export function Excursions({ trades, of, onShow }: ExcursionsProps) {
  const known = trades.filter((each) => !Number.isNaN(each[of]));
  const shown = thinned(known).map((trade) => ({ x: trade[of], y: trade.change, trade }));
  const name = of.toUpperCase();
  return (
    <>
      <ScatterPlot
        name={`${name} against return`}
        dots={shown}
        tell={({ trade }) => [
          `#${trade.number} ${trade.symbol}, ${trade.entryTime.slice(0, 10)}`,
          `${name} ${formatPercent(trade[of])}, return ${formatPercent(trade.change, 2, true)}`,
        ]}
        onChoose={({ trade }) => onShow(trade)}
      />
      {shown.length < known.length && (
        <div className={classes["summary"]}>
          {formatCount(shown.length)} of {formatCount(known.length)} trades are drawn.
        </div>
      )}
    </>
  );
}

/** Every so many, with the largest gains and losses. */
function thinned(trades: readonly Trade[]): readonly Trade[] {
  if (trades.length <= MOST) return trades;
  const sorted = [...trades].sort((one, other) => one.change - other.change);
  const outer = [...sorted.slice(0, MOST / 10), ...sorted.slice(-MOST / 10)];
  const stride = Math.ceil(trades.length / (MOST - outer.length));
  return [...new Set([...outer, ...trades.filter((_, at) => at % stride === 0)])];
}
