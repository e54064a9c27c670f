import { describe, expect, it } from "vitest";
import type { SeriesMessage, StrategyMessage } from "@/api";
import { proposedOf, seriesOf } from "@/app/first_steps/first_run";

const series = (symbol: string, interval: string): SeriesMessage => ({
  symbol,
  interval,
  source: "sample",
  rows: 10,
  first: "2000-03-01T00:00:00Z",
  last: "2013-03-01T00:00:00Z",
  changed_at: "2024-01-01T00:00:00Z",
  doubts: null,
  last_ingestion: null,
  quality_score: null,
});
const strategy = (name: string, least: number): StrategyMessage => ({
  name,
  class_name: name,
  summary: "",
  parameters: [],
  least_symbols: least,
  most_symbols: null,
});

describe("a first run", () => {
  it("is of daily bars, the sample's first", () => {
    const found = seriesOf([series("ABB", "1d"), series("AAPL", "1m"), series("MSFT", "1d"), series("AAPL", "1d")]);
    expect(found.map((each) => `${each.symbol} ${each.interval}`)).toEqual(["AAPL 1d", "ABB 1d", "MSFT 1d"]);
  });

  it("proposes simple strategies, and whatever takes one symbol where they are not installed", () => {
    const all = ["buy_and_hold", "pairs_trading", "sma_cross"].map((name) => strategy(name, 1));
    expect(proposedOf(all).map((each) => each.name)).toEqual(["sma_cross", "buy_and_hold"]);
    expect(proposedOf([strategy("two", 2), strategy("one", 1)]).map((each) => each.name)).toEqual(["one"]);
  });
});
