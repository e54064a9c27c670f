/** Closed and open round trips of a run, and what is told of a group of them. */

/** Money, prices and quantities as the server gave them; ratios and seconds as numbers. */
export interface Trade {
  readonly number: number;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: string;
  readonly entryTime: string;
  readonly entryPrice: string;
  readonly entryReason: string;
  readonly entryTag: string | null;
  readonly exitTime: string;
  readonly exitPrice: string;
  readonly exitReason: string;
  readonly exitTag: string | null;
  readonly isOpen: boolean;
  readonly pnl: string;
  readonly change: number;
  /** Worst and best excursion, as shares of the value put in; NaN: not known. */
  readonly mae: number;
  readonly mfe: number;
  readonly fees: string;
  readonly slippage: string;
  readonly seconds: number;
  /** Entry and exit in seconds since 1970, and `pnl` as a number: for charts, which look at all trades at each step. */
  readonly entered: number;
  readonly left: number;
  readonly profit: number;
}

export const GROUPS = {
  tag: { label: "Tag", of: (trade: Trade) => trade.entryTag ?? "no tag" },
  exit: { label: "Exit reason", of: (trade: Trade) => (trade.isOpen ? "still open" : words(trade.exitReason)) },
  symbol: { label: "Symbol", of: (trade: Trade) => trade.symbol },
  side: { label: "Side", of: (trade: Trade) => trade.side },
  weekday: { label: "Weekday of entry", of: (trade: Trade) => DAYS[new Date(trade.entryTime).getUTCDay()] ?? "" },
  hour: { label: "Hour of entry, UTC", of: (trade: Trade) => `${trade.entryTime.slice(11, 13)}:00` },
} as const;
export type Grouping = keyof typeof GROUPS;

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

export interface TradeGroup {
  readonly key: string;
  readonly trades: number;
  readonly won: number;
  readonly pnl: number;
  /** Means over its trades. */
  readonly change: number;
  readonly seconds: number;
  /** Profits by losses; null: it lost nothing. */
  readonly profitFactor: number | null;
}

export function groupTrades(trades: readonly Trade[], by: Grouping): TradeGroup[] {
  const groups = new Map<string, Trade[]>();
  for (const each of trades) {
    const key = GROUPS[by].of(each);
    const found = groups.get(key);
    if (found === undefined) groups.set(key, [each]);
    else found.push(each);
  }
  const order = (key: string) => (by === "weekday" ? DAYS.indexOf(key) : 0);
  return [...groups]
    .map(([key, own]) => summed(key, own))
    .sort((one, other) => order(one.key) - order(other.key) || one.key.localeCompare(other.key, "en"));
}

function summed(key: string, trades: readonly Trade[]): TradeGroup {
  let [gained, lost, change, seconds, won] = [0, 0, 0, 0, 0];
  for (const each of trades) {
    if (each.profit > 0) [gained, won] = [gained + each.profit, won + 1];
    else lost -= each.profit;
    change += each.change;
    seconds += each.seconds;
  }
  const count = trades.length;
  return {
    key,
    trades: count,
    won,
    pnl: gained - lost,
    change: change / count,
    seconds: seconds / count,
    profitFactor: lost === 0 ? null : gained / lost,
  };
}

/** Those that were open within a range of seconds since 1970. */
export function tradesWithin(
  trades: readonly Trade[],
  range: { readonly from: number; readonly to: number } | undefined,
): readonly Trade[] {
  if (range === undefined) return trades;
  const { from, to } = range;
  if (!followEachOther(trades)) return trades.filter((each) => each.left >= from && each.entered <= to);
  return trades.slice(
    firstOf(trades, (each) => each.left >= from),
    firstOf(trades, (each) => each.entered > to),
  );
}

/** Those that were open within one of some periods, which follow each other; what is left at its beginning was not. */
export function tradesDuring(
  trades: readonly Trade[],
  periods: readonly { readonly since: number; readonly until: number }[],
): readonly Trade[] {
  return trades.filter(({ entered, left }) => {
    const period = periods[firstOf(periods, ({ until }) => until >= entered)];
    return period !== undefined && left > period.since;
  });
}

const following = new WeakMap<readonly Trade[], boolean>();

/** Whether each was entered and left no sooner than the one before, as those of one symbol mostly are. */
function followEachOther(trades: readonly Trade[]): boolean {
  const known = following.get(trades);
  if (known !== undefined) return known;
  const found = trades.every((each, at) => {
    const before = trades[at - 1];
    return before === undefined || (each.entered >= before.entered && each.left >= before.left);
  });
  following.set(trades, found);
  return found;
}

/** Where the first of those is that a test is true of, as of all after it. */
function firstOf<T>(all: readonly T[], isTrue: (each: T) => boolean): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = all[middle];
    if (found !== undefined && isTrue(found)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function words(name: string): string {
  return name.replaceAll("_", " ");
}
