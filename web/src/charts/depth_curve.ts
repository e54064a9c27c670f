/** A book as two curves: how much is bid or asked from the best price to another. */

/** As a book has them: price and quantity as decimal strings, best first. */
export interface DepthSides {
  readonly bids: readonly (readonly [price: string, quantity: string])[];
  readonly asks: readonly (readonly [price: string, quantity: string])[];
}

export interface DepthPoint {
  readonly price: number;
  /** Of this level and the better ones. */
  readonly total: number;
}

export interface DepthCurve {
  /** Best first. */
  readonly bids: readonly DepthPoint[];
  readonly asks: readonly DepthPoint[];
  /** Prices that are shown: as far below the middle as above it, as far as most of both sides reaches. */
  readonly from: number;
  readonly to: number;
  /** The price of an order nearest to the middle. */
  readonly middle: number;
  readonly most: number;
}

/** Of a side, in the picture at least. */
const MOST = 0.95;
/** Of the axis, from the middle to an end. */
const LEAST_STEPS = 4;
/** Beyond the last level, so that its step is seen. */
const BEYOND = 1.08;

/** `tick`: between prices that an order may have. The axis ends on one, as far below the middle as above it. */
export function depthCurve({ bids, asks }: DepthSides, tick: number): DepthCurve | undefined {
  const [below, above] = [totals(bids), totals(asks)];
  const [bid, ask] = [below[0]?.price ?? above[0]?.price, above[0]?.price ?? below[0]?.price];
  if (bid === undefined || ask === undefined) return undefined;
  const middle = (bid + ask) / 2;
  const reach = roundedUp((Math.max(reachOf(below, middle), reachOf(above, middle), tick) * BEYOND) / tick);
  const twice = Math.round((2 * middle) / tick);
  const least = Math.floor(twice / 2) - reach;
  return {
    bids: below,
    asks: above,
    from: least * tick,
    to: (twice - least) * tick,
    middle: Math.floor(twice / 2) * tick,
    most: Math.max(below.at(-1)?.total ?? 0, above.at(-1)?.total ?? 0),
  };
}

/** What is bid at a price or more, or asked at a price or less; 0 between the best prices. */
export function totalAt({ bids, asks }: DepthCurve, price: number): number {
  let found = 0;
  for (const each of bids) if (each.price >= price) found = each.total;
  for (const each of asks) if (each.price <= price) found = each.total;
  return found;
}

/** Of ticks, to 1, 2 or 5 times a power of ten: ends stay where they are while a book breathes. */
function roundedUp(ticks: number): number {
  const power = 10 ** Math.floor(Math.log10(ticks / LEAST_STEPS));
  const step = Math.max(1, [5, 2, 1].map((each) => each * power).find((each) => each <= ticks / LEAST_STEPS) ?? power);
  return Math.ceil(ticks / step) * step;
}

/** How far most of a side is from the middle: a few orders far away do not squeeze all others. */
function reachOf(side: readonly DepthPoint[], middle: number): number {
  const all = side.at(-1)?.total ?? 0;
  const most = side.find((each) => each.total >= all * MOST);
  return most === undefined ? 0 : Math.abs(most.price - middle);
}

function totals(levels: DepthSides["bids"]): DepthPoint[] {
  let total = 0;
  return levels.map(([price, quantity]) => {
    total += Number(quantity);
    return { price: Number(price), total };
  });
}
