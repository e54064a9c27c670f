/** What a first run is made of: what is stored, what is registered, and what suits a beginning. */
import type { NewBacktest, SeriesMessage, StrategyMessage } from "@/api";

/** Simple ones of different kinds, the first one proposed. */
const PROPOSED = ["sma_cross", "rsi_reversion", "donchian_breakout", "buy_and_hold"];
const INTERVAL = "1d";
const SYMBOL = "AAPL";

/** Series that a first run can be of: daily ones, that of the sample first. */
export function seriesOf(series: readonly SeriesMessage[]): readonly SeriesMessage[] {
  const daily = series.filter((each) => each.interval === INTERVAL);
  return daily.toSorted((one, other) => Number(other.symbol === SYMBOL) - Number(one.symbol === SYMBOL));
}

export function proposedOf(strategies: readonly StrategyMessage[]): readonly StrategyMessage[] {
  const found = PROPOSED.flatMap((name) => strategies.filter((each) => each.name === name));
  return found.length > 0 ? found : strategies.filter((each) => each.least_symbols <= 1).slice(0, PROPOSED.length);
}

/** All bars, the strategy's defaults, and holding the same symbol to compare with. */
export function firstRun(strategy: string, symbol: string): NewBacktest {
  return { strategy, symbols: [symbol], interval: INTERVAL, benchmark: symbol };
}
