/** Where a series has bars, as blocks of a strip of time. */

export interface CoveragePart {
  /** Days, both count: YYYY-MM-DD. */
  readonly first: string;
  readonly last: string;
  readonly state: "present" | "partial" | "missing";
  readonly sessions: number;
  readonly bars: number;
  readonly expected: number;
}

/** Positions and widths are shares of the whole strip. */
export interface CoverageBlock {
  readonly at: number;
  readonly width: number;
  /** Share of the bars there would be: the block's height. */
  readonly share: number;
  readonly part: CoveragePart;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

const DAY_MS = 86_400_000;
/** A day that lacks among thousands is still seen. */
const LEAST_WIDTH = 0.0025;
const ORDER = { present: 0, partial: 1, missing: 2 };
const MONTH_STEPS = [1, 3, 6, 12, 24, 60, 120, 240];
const DAY_STEPS = [1, 2, 7, 14];
/** Up to here ticks are days. */
const MOST_DAYS = 92;
const MOST_TICKS = 8;

/** A part reaches to where the next begins, so that no weekend looks like a gap. What lacks comes last: it lies on top. */
export function coverageBlocks(parts: readonly CoveragePart[]): CoverageBlock[] {
  const { from, days } = spanOf(parts);
  const blocks = parts.map((part, place) => {
    const begin = dayOf(part.first);
    const next = parts[place + 1];
    const end = next === undefined ? dayOf(part.last) + 1 : dayOf(next.first);
    const width = part.state === "present" ? (end - begin) / days : Math.max(LEAST_WIDTH, (end - begin) / days);
    return {
      at: Math.min((begin - from) / days, 1 - width),
      width,
      share: part.expected > 0 ? Math.min(1, part.bars / part.expected) : 1,
      part,
    };
  });
  return blocks.sort((one, other) => ORDER[one.part.state] - ORDER[other.part.state]);
}

/** The part at a place from 0 to 1; one that lacks is found by its width as drawn. */
export function partAt(blocks: readonly CoverageBlock[], place: number): CoveragePart | undefined {
  return blocks.findLast((each) => each.at <= place && place <= each.at + each.width)?.part;
}

/** A handful of round dates: decades, years, months or days. */
export function coverageTicks(parts: readonly CoveragePart[]): Tick[] {
  const { from, days } = spanOf(parts);
  const first = new Date(from * DAY_MS);
  const months = days / 30.44;
  if (days <= MOST_DAYS) return dayTicks(from, days);
  const step = MONTH_STEPS.find((each) => months / each <= MOST_TICKS) ?? 240;
  const begin = first.getUTCFullYear() * 12 + first.getUTCMonth();
  const ticks: Tick[] = [];
  for (let month = Math.ceil(begin / step) * step; month <= begin + months + 1; month += step) {
    const day = Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY_MS;
    const at = (day - from) / days;
    if (at < 0 || at >= 1) continue;
    const label = new Date(day * DAY_MS).toISOString();
    ticks.push({ at, label: step % 12 === 0 ? label.slice(0, 4) : label.slice(0, 7) });
  }
  return ticks;
}

/** Of a range of weeks. */
function dayTicks(from: number, days: number): Tick[] {
  const step = DAY_STEPS.find((each) => days / each <= MOST_TICKS) ?? 14;
  const count = Math.ceil(days / step);
  return Array.from({ length: count }, (_, place) => {
    const label = new Date((from + place * step) * DAY_MS).toISOString().slice(0, 10);
    return { at: (place * step) / days, label };
  });
}

function spanOf(parts: readonly CoveragePart[]): { from: number; days: number } {
  const from = dayOf(parts[0]?.first ?? "1970-01-01");
  return { from, days: Math.max(1, dayOf(parts.at(-1)?.last ?? "1970-01-01") + 1 - from) };
}

function dayOf(text: string): number {
  return Date.parse(text) / DAY_MS;
}
