/** What a report holds: answers of the gateway by path; see `arbitrax.backtest.report.recorded`. */

/** A table of which only the first rows are in the file. */
export interface Cut {
  readonly table: string;
  readonly rows: number;
  readonly of: number;
}

export interface Recorded {
  readonly format: string;
  readonly runs: readonly string[];
  readonly answers: Readonly<Record<string, unknown>>;
  readonly cuts: readonly Cut[];
  /** Symbols whose prices are in the file. */
  readonly priced: readonly string[];
  /** What makes runs hard to compare. */
  readonly notices: readonly string[];
}

function read(): Recorded {
  const element = document.getElementById("recorded");
  if (element === null) throw new Error("The report has no data.");
  return JSON.parse(element.textContent) as Recorded;
}

export const recorded = read();
