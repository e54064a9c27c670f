import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { CoverageTimeline, type CoveragePart } from "@/charts";
import { coverageBlocks, coverageTicks, partAt } from "@/charts/coverage_blocks";
import { summary } from "@/charts/CoverageTimeline";

function part(first: string, last: string, state: CoveragePart["state"], bars: number, expected: number): CoveragePart {
  return { first, last, state, sessions: expected, bars, expected };
}

/** A year, of which one day lacks and one has a quarter of its bars. */
const YEAR = [
  part("2024-01-01", "2024-03-29", "present", 64, 64),
  part("2024-04-01", "2024-04-01", "missing", 0, 1),
  part("2024-04-02", "2024-06-28", "present", 63, 63),
  part("2024-07-01", "2024-07-01", "partial", 1, 4),
  part("2024-07-02", "2024-12-31", "present", 128, 128),
];

describe("coverage", () => {
  it("has no hole where nothing lacks: a part reaches to the next", () => {
    const present = coverageBlocks(YEAR).filter((each) => each.part.state === "present");
    const second = present[1];
    expect(present[0]?.at).toBe(0);
    expect(second === undefined ? 0 : second.at + second.width).toBeCloseTo(182 / 366, 10);
  });

  it("draws what lacks last and never too narrow to be seen, within the strip", () => {
    const many = [part("1990-01-01", "2024-12-30", "present", 1, 1), part("2024-12-31", "2024-12-31", "missing", 0, 1)];
    const missing = coverageBlocks(many).at(-1);
    expect(missing?.part.state).toBe("missing");
    expect(missing?.width).toBe(0.0025);
    expect((missing?.at ?? 1) + (missing?.width ?? 1)).toBeLessThanOrEqual(1);
  });

  it("is as high as its share of bars", () => {
    expect(coverageBlocks(YEAR).find((each) => each.part.state === "partial")?.share).toBe(0.25);
  });

  it("has round dates below: years of decades, months of a year, days of weeks", () => {
    const labels = (first: string, last: string) =>
      coverageTicks([part(first, last, "present", 1, 1)]).map((each) => each.label);
    expect(labels("2000-03-01", "2013-03-01")).toEqual(["2002", "2004", "2006", "2008", "2010", "2012"]);
    expect(labels("2024-01-01", "2024-12-31")).toEqual(["2024-01", "2024-04", "2024-07", "2024-10"]);
    expect(labels("2024-01-02", "2024-01-12")).toEqual([
      "2024-01-02",
      "2024-01-04",
      "2024-01-06",
      "2024-01-08",
      "2024-01-10",
      "2024-01-12",
    ]);
  });

  it("finds the part under the pointer, that which lacks first", () => {
    expect(partAt(coverageBlocks(YEAR), 91.2 / 366)?.state).toBe("missing");
    expect(partAt(coverageBlocks(YEAR), 0.9)?.first).toBe("2024-07-02");
    expect(partAt([], 0.5)).toBeUndefined();
  });

  it("says in words how much lacks", () => {
    expect(summary(YEAR)).toBe("2024-01-01 to 2024-12-31, 1 sessions missing, 4 partial");
    expect(summary(YEAR.slice(0, 1))).toBe("2024-01-01 to 2024-03-29, complete");
  });

  it("tells of the part that is pointed at", () => {
    render(<CoverageTimeline parts={YEAR} label="Coverage of AAPL 1d" />);
    const strip = screen.getByRole("img", { name: /^Coverage of AAPL 1d: 2024-01-01 to/ });
    strip.getBoundingClientRect = () => new DOMRect(0, 0, 366, 32);
    fireEvent.pointerMove(strip, { clientX: 91.2 });
    expect(screen.getByText("2024-04-01 · missing · 1 session · 0 of 1 bars")).toBeInTheDocument();
    fireEvent.pointerLeave(strip);
    expect(screen.getByText("missing")).toBeInTheDocument();
  });
});
