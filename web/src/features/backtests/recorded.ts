/** Whether what is shown was recorded in a report; then there is no gateway to ask for more. */
import { createContext, useContext } from "react";

export interface Recorded {
  /** Tables of which only the first rows are there. */
  readonly cuts: readonly { readonly table: string; readonly rows: number; readonly of: number }[];
  /** Symbols whose prices are there. */
  readonly priced: readonly string[];
}

export const RecordedContext = createContext<Recorded | undefined>(undefined);

/** Undefined: a gateway has everything. */
export function useReport(): Recorded | undefined {
  return useContext(RecordedContext);
}
