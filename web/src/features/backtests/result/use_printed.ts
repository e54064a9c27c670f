import { api } from "@/api";
import { usePrinting } from "@/format";
import { useReport } from "../recorded";
import { useHasOrders } from "./tables";
import type { Tab } from "./use_selection";

/** Without asking for them: paper is not waited for. */
const useTable = api.endpoints.getBacktestTable.useQueryState;
const useAccount = api.endpoints.getBacktestAccount.useQueryState;

/** What a report draws before somebody prints it. */
const CANVASES: readonly Tab[] = ["rolling", "exposure"];
const PRINTED: readonly Tab[] = [
  "monthly", "drawdowns", "symbols", ...CANVASES, "distribution", "excursions", "metrics", "assumptions", "card",
  "trades", "orders", "events",
]; // prettier-ignore

/** The tabs that are printed, in their order: those whose data are there. */
export function usePrinted(backtest: string): readonly Tab[] {
  const [isPrinting, isRecorded] = [usePrinting(), useReport() !== undefined];
  const account = useAccount({ backtest }).data;
  const isThere: Readonly<Partial<Record<Tab, boolean>>> = {
    monthly: useTable({ backtest, table: "monthly" }).data !== undefined,
    drawdowns: useTable({ backtest, table: "drawdowns" }).data !== undefined,
    symbols: useTable({ backtest, table: "contributions" }).data !== undefined,
    rolling: isRecorded,
    exposure: isRecorded,
    orders: useHasOrders(backtest),
    events: account !== undefined && account.totals.length > 0,
  };
  return isPrinting ? PRINTED.filter((each) => isThere[each] ?? true) : CANVASES;
}
