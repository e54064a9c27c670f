/** Where a series is on this page. */

interface SeriesName {
  readonly symbol: string;
  readonly interval: string;
}

export function pathOf({ symbol, interval }: SeriesName): string {
  return `/data/${encodeURIComponent(symbol)}/${encodeURIComponent(interval)}`;
}

/** Whether its bars are shorter than a day, so that their times matter. */
export function isIntraday(interval: string): boolean {
  return /^\d+(s|m|h)$/.test(interval);
}
