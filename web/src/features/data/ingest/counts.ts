/** What an ingestion brought. */
import type { IngestionMessage } from "@/api";

interface Counts {
  readonly added: number;
  readonly updated: number;
  readonly quarantined: number;
}

/** As its outcome says, and before that what it has stored so far. */
export function countsOf({ outcomes, bars_added, bars_updated, rows_quarantined }: IngestionMessage): Counts {
  if (outcomes === null) return { added: bars_added, updated: bars_updated, quarantined: rows_quarantined };
  const symbols = outcomes.flatMap((each) => each.symbols);
  const sum = (name: keyof Counts) => symbols.reduce((total, each) => total + (each[name] ?? 0), 0);
  return { added: sum("added"), updated: sum("updated"), quarantined: sum("quarantined") };
}
