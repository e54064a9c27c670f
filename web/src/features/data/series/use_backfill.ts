/** Fills what a series lacks: an ingestion a gap, and how each of them goes. */
import { useAddIngestionMutation, type CoveragePart, type IngestionMessage } from "@/api";
import { useIngestions } from "../ingest/use_ingestions";

interface Filled {
  readonly symbol: string;
  readonly interval: string;
  readonly vendor: string;
}

export interface Backfill {
  /** Of a gap; undefined: up to now. */
  readonly fill: (gap: Pick<CoveragePart, "first" | "last"> | undefined) => Promise<unknown>;
  /** The newest ingestion that was to fill it. */
  readonly stateOf: (gap: Pick<CoveragePart, "first" | "last"> | undefined) => IngestionMessage | undefined;
  readonly error: unknown;
}

export function useBackfill({ symbol, interval, vendor }: Filled): Backfill {
  const [add, { error }] = useAddIngestionMutation();
  const asked = useIngestions().data?.data ?? [];
  return {
    fill: (gap) => {
      const range = gap === undefined ? {} : { start: gap.first, end: gap.last, only_missing: true };
      return add({ newIngestion: { symbols: [symbol], interval, source: vendor, ...range } });
    },
    stateOf: (gap) => asked.find(({ spec }) => isFor({ symbol, interval, gap }, spec)),
    error,
  };
}

interface Wanted {
  readonly symbol: string;
  readonly interval: string;
  readonly gap: Pick<CoveragePart, "first" | "last"> | undefined;
}

export function isFor({ symbol, interval, gap }: Wanted, spec: IngestionMessage["spec"]): boolean {
  const isSame = spec.start === (gap?.first ?? null) && spec.end === (gap?.last ?? null);
  return isSame && spec.interval === interval && spec.symbols.length === 1 && spec.symbols[0] === symbol;
}
