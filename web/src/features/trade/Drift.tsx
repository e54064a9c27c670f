import { Empty } from "@/app/states";

/** Laid out now, filled by live trading. */
export function Drift() {
  return (
    <Empty title="Drift arrives with live trading">
      A strategy that trades live is run as a backtest beside it. How far its fills, positions and profit are from what
      the backtest expected, and why, is shown here.
    </Empty>
  );
}
