import { describe, expect, it } from "vitest";
import { lookedAt, needsOf, type Looked } from "@/features/dashboard/needs";
import { account, exchange, HOUR_AGO, ingestion, NOW, run, series, shard } from "./samples";

const NOTHING: Looked = { accounts: [], exchange: undefined, runs: [], ingestions: [], series: [], behind: {} };
const needs = (found: Partial<Looked>) => needsOf({ ...NOTHING, ...found }, NOW);
const refused = { code: "ingest.vendor", detail: "The vendor refused the key.", retryable: false };

describe("what needs a person", () => {
  it("is nothing when all is well", () => {
    const well = { accounts: [account()], exchange: exchange(shard()), series: [series()], behind: { "MSFT 1d": 0 } };
    expect(needs(well)).toEqual([]);
    expect(needs({ accounts: [account({ killed: null })] })).toEqual([]);
  });

  it("is a part that is not up, with the command that starts it", () => {
    const down = { name: "worker", state: "down" as const, start: "arbitrax serve exchange --shard 1", lag_ms: null };
    const late = { name: "recorder", state: "behind" as const, start: null, lag_ms: 4200 };
    const found = needs({ exchange: exchange(shard(), shard({ shard: 1, well: false, parts: [down, late] })) });
    expect(found).toMatchObject([
      { what: "The worker of shard 1 is down", why: "Run: arbitrax serve exchange --shard 1", to: "/exchange" },
      { what: "The recorder of shard 1 is behind", why: "By 4\u202f200 ms." },
    ]);
  });

  it("is a killed account, revived on Trade", () => {
    expect(needs({ accounts: [account({ killed: true })] })).toMatchObject([
      { what: "paper is killed", act: "Revive", to: "/trade?account=acc_1" },
    ]);
  });

  it("is a job that failed or was given up within a day, the newest first", () => {
    const old = run({ id: "bt_0", finished_at: "2026-11-26T11:59:00Z" });
    const dead = run({ id: "bt_2", status: "dead", created_at: "2026-11-27T11:30:00Z" });
    const found = needs({ runs: [old, run({ error: { ...refused, detail: "No bar." } }), dead] });
    expect(found).toMatchObject([
      { what: "sma_cross AAPL was given up", to: "/backtests/bt_2" },
      { what: "sma_cross AAPL failed", why: "No bar.", to: "/backtests/bt_1" },
    ]);
  });

  it("is an ingestion that failed, until a later one of its symbols went well", () => {
    const failed = ingestion({ error: refused });
    expect(needs({ ingestions: [failed] })).toMatchObject([
      { what: "Ingestion of MSFT 1d failed", why: "The vendor refused the key.", to: "/data/ingest" },
    ]);
    const later = { id: "ing_2", created_at: "2026-11-27T11:30:00Z" };
    expect(needs({ ingestions: [failed, ingestion({ ...later, status: "succeeded" })] })).toEqual([]);
    const earlier = ingestion({ id: "ing_0", created_at: "2026-11-27T10:00:00Z", status: "succeeded" });
    expect(needs({ ingestions: [failed, earlier] })).toHaveLength(1);
    const other = ingestion({ ...later, status: "succeeded", spec: { ...failed.spec, interval: "1h" } });
    expect(needs({ ingestions: [failed, other] })).toHaveLength(1);
  });

  it("is an ingestion that went well but for some symbols", () => {
    const symbols = [{ symbol: "MSFT", source: "tiingo", failed: "Unknown to the vendor." }];
    const outcomes = [{ chunks: 1, interval: "1d", resumed: 0, source: "tiingo", symbols }];
    expect(needs({ ingestions: [ingestion({ status: "succeeded", outcomes })] })).toMatchObject([
      { what: "Ingestion of MSFT 1d lacks some", why: "MSFT: Unknown to the vendor." },
    ]);
  });

  it("is a series that is behind or has gaps, but not what is bundled", () => {
    const doubts = { gaps: 1, duplicates: 0, spikes: 0, others: 0 };
    expect(needs({ series: [series({ doubts })], behind: { "MSFT 1d": 5 } })).toMatchObject([
      { what: "MSFT 1d is 5 sessions behind and has 1 gap", act: "Bring up to date", to: "/data/MSFT/1d" },
    ]);
    expect(needs({ series: [series({ source: "sample", doubts })] })).toEqual([]);
  });

  it("names few series, and counts the others", () => {
    const many = ["A", "B", "C", "D", "E", "F", "G"].map((symbol) => series({ symbol }));
    const behind = Object.fromEntries(many.map(({ symbol }) => [`${symbol} 1d`, 1]));
    const found = needs({ series: many, behind });
    expect(found).toHaveLength(6);
    expect(found.at(-1)).toMatchObject({ what: "2 more series are behind or have gaps", to: "/data" });
  });

  it("looks at the coverage of what is ingested, the newest first", () => {
    const files = series({ symbol: "CSV", last_ingestion: null });
    const newer = series({ symbol: "IBM", last_ingestion: { id: "ing_9", at: "2026-11-27T11:59:00Z" } });
    expect(lookedAt([files, series(), newer], 9).map((each) => each.symbol)).toEqual(["IBM", "MSFT"]);
    expect(lookedAt([series({ last_ingestion: { id: "x", at: HOUR_AGO } }), newer], 1)).toEqual([newer]);
  });
});
