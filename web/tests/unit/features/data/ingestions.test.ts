import { describe, expect, it } from "vitest";
import type { IngestionMessage } from "@/api";
import { countsOf } from "@/features/data/ingest/counts";
import { newIngestion, RULES, valuesOf } from "@/features/data/ingest/ingest_values";
import { reasonOf } from "@/features/data/ingest/IngestionStatus";
import { isFor } from "@/features/data/series/use_backfill";
import { isIntraday, pathOf } from "@/features/data/series/series_path";

const INGESTION: IngestionMessage = {
  id: "ing_1",
  job: "job_1",
  owner: null,
  status: "running",
  progress: 0.5,
  eta: null,
  attempt: 1,
  cancel_asked: false,
  created_at: "2024-01-02T00:00:00Z",
  started_at: null,
  finished_at: null,
  error: null,
  spec: {
    symbols: ["AAPL"],
    interval: "1d",
    source: "yahoo",
    start: "2024-01-02",
    end: "2024-01-05",
    only_missing: true,
    replace_source: false,
  },
  bars_added: 3,
  bars_updated: 1,
  bars_unchanged: 0,
  rows_quarantined: 2,
  outcomes: null,
  quality: {},
};
const DONE: IngestionMessage = {
  ...INGESTION,
  status: "succeeded",
  outcomes: [
    {
      chunks: 1,
      interval: "1d",
      resumed: 0,
      source: "yahoo",
      symbols: [
        { symbol: "AAPL", source: "yahoo", added: 7, updated: 2, quarantined: 1 },
        { symbol: "NONE", source: "yahoo", failed: "Yahoo knows no such symbol." },
      ],
    },
  ],
};

describe("an ingestion", () => {
  it("counts what came so far, and in the end what its outcome says", () => {
    expect(countsOf(INGESTION)).toEqual({ added: 3, updated: 1, quarantined: 2 });
    expect(countsOf(DONE)).toEqual({ added: 7, updated: 2, quarantined: 1 });
  });

  it("says why something of it is not there", () => {
    expect(reasonOf(INGESTION)).toBeUndefined();
    expect(reasonOf(DONE)).toBe("NONE: Yahoo knows no such symbol.");
    const error = { code: "vendor.refused", detail: "Yahoo refuses for an hour.", retryable: true };
    expect(reasonOf({ ...INGESTION, status: "failed", error })).toBe("Yahoo refuses for an hour.");
  });

  it("is for a gap when it asks for just that", () => {
    const gap = { first: "2024-01-02", last: "2024-01-05" };
    expect(isFor({ symbol: "AAPL", interval: "1d", gap }, INGESTION.spec)).toBe(true);
    expect(isFor({ symbol: "AAPL", interval: "1h", gap }, INGESTION.spec)).toBe(false);
    expect(isFor({ symbol: "AAPL", interval: "1d", gap: undefined }, INGESTION.spec)).toBe(false);
  });

  it("begins with what the address says, and sends no empty days", () => {
    const values = valuesOf(new URLSearchParams("symbol=AAPL,IBM&interval=1h&start=2024-01-02"));
    expect(newIngestion(values)).toEqual({
      source: "auto",
      symbols: ["AAPL", "IBM"],
      interval: "1h",
      start: "2024-01-02",
      end: null,
      only_missing: false,
      replace_source: false,
    });
    expect(RULES.symbols([])).toContain("at least one symbol");
    expect(RULES.end("2024-01-01", values)).toContain("before the first day");
    expect(RULES.end("", values)).toBeNull();
  });
});

describe("a series", () => {
  it("has an address whatever its symbol is", () => {
    expect(pathOf({ symbol: "EUR/USD", interval: "1m" })).toBe("/data/EUR%2FUSD/1m");
  });

  it("has times where its bars are shorter than a day", () => {
    expect(["1s", "5m", "4h"].map(isIntraday)).toEqual([true, true, true]);
    expect(["1d", "1w", "1mo"].map(isIntraday)).toEqual([false, false, false]);
  });
});
