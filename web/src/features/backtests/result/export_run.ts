/** A run as files. */
import { transport } from "@/api/transport";

export const EXPORTS = {
  report: { label: "Report, one HTML file", path: "report", accept: "text/html", end: "html" },
  trades: { label: "Trades as CSV", path: "tables/trades", accept: "text/csv", end: "csv" },
  tradesParquet: {
    label: "Trades as Parquet",
    path: "tables/trades",
    accept: "application/vnd.apache.parquet",
    end: "parquet",
  },
  equity: { label: "Equity as CSV", path: "tables/equity", accept: "text/csv", end: "csv" },
  equityParquet: {
    label: "Equity as Parquet",
    path: "tables/equity",
    accept: "application/vnd.apache.parquet",
    end: "parquet",
  },
  orders: { label: "Orders as CSV", path: "tables/orders", accept: "text/csv", end: "csv" },
  json: { label: "Run as JSON", path: "", accept: "application/json", end: "json" },
} as const;
export type Export = keyof typeof EXPORTS;

export async function exportRun(backtest: string, what: Export): Promise<void> {
  const { path, accept, end } = EXPORTS[what];
  const url = `/api/v1/backtests/${encodeURIComponent(backtest)}${path === "" ? "" : `/${path}`}`;
  const answer = await transport.ask("GET", url, { accept });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `${backtest}${path === "" ? "" : `-${path.replace("tables/", "")}`}.${end}`;
  link.click();
  URL.revokeObjectURL(link.href);
}
