import { describe, expect, it } from "vitest";

import { formatDecimal, signOf, withThousands } from "@/format/decimal";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatRemaining,
  formatScore,
} from "@/format/number";
import { formatAge, formatTime, timeShown, formatTimeOfDay } from "@/format/time";
import { isUploaded, strategyTitle } from "@/format/strategy_title";

describe("decimals are exact", () => {
  it.each([
    ["1234567.8901", {}, "1 234 567.8901"],
    ["-1234.5", { digits: 2 }, "−1 234.50"],
    ["-12345.675", { digits: 2 }, "−12 345.68"],
    ["0.005", { digits: 2 }, "0.01"],
    ["-0.001", { digits: 2 }, "0.00"],
    ["99999999999999999999.995", { digits: 2 }, "100 000 000 000 000 000 000.00"],
    ["5", { signed: true }, "+5"],
    ["0.00", { signed: true }, "0.00"],
    ["n/a", {}, "n/a"],
  ])("%s", (text, options, shown) => {
    expect(formatDecimal(text, options)).toBe(shown);
  });

  it("knows the side of 0", () => {
    expect(["-0.00", "0", "-0.01", "3"].map(signOf)).toEqual([0, 0, -1, 1]);
  });
});

describe("words of the server's", () => {
  it("has thousands apart as everywhere, and no other comma taken away", () => {
    const space = "\u202f";
    expect(withThousands("100,000.00 of 1,234,567, bar 8 of 1,000")).toBe(
      `100${space}000.00 of 1${space}234${space}567, bar 8 of 1${space}000`,
    );
    expect(withThousands("1,2 and 10,0000; 5, 100")).toBe("1,2 and 10,0000; 5, 100");
  });

  it("says of a strategy that it was uploaded", () => {
    expect(["uploaded:Turtle", "sma_cross"].map(strategyTitle)).toEqual(["Turtle (uploaded)", "sma_cross"]);
    expect(["uploaded:Turtle", "sma_cross"].map(isUploaded)).toEqual([true, false]);
  });
});

describe("floats", () => {
  it("guesses what is left in whole seconds", () => {
    expect([0.2, 2.1, 3, 59.5, 190].map(formatRemaining)).toEqual(["1 s", "3 s", "3 s", "1 min", "3 min 10 s"]);
  });

  it("shows a score as no better than it is", () => {
    expect([100, 99.96, 99.9, 95, 32.3, 0].map(formatScore)).toEqual(["100.0", "99.9", "99.9", "95.0", "32.3", "0.0"]);
  });

  it("shows ratios, counts, bytes and durations", () => {
    expect(formatPercent(-0.3821)).toBe("−38.21%");
    expect(formatPercent(0.05, 1, true)).toBe("+5.0%");
    expect(formatNumber(Infinity, { digits: 2 })).toBe("∞");
    expect(formatNumber(NaN, { digits: 2 })).toBe("n/a");
    expect(formatCount(1000000)).toBe("1 000 000");
    expect([950, 1500, 123456789].map(formatBytes)).toEqual(["950 B", "1.5 kB", "123 MB"]);
    expect([0.34, 4.2, 190, 7500, 345600].map(formatDuration)).toEqual([
      "340 ms",
      "4.2 s",
      "3 min 10 s",
      "2 h 5 min",
      "4 d",
    ]);
  });
});

describe("times", () => {
  const at = "2026-11-27T14:31:05.120Z";

  it("follow one clock", () => {
    expect(formatTime(at, "utc")).toBe("2026-11-27 14:31:05");
    expect(formatTime(at, "exchange", "minute")).toBe("2026-11-27 09:31");
    expect(formatTimeOfDay(at, "utc", true)).toBe("14:31:05.120");
  });

  it("are relative in the last hour only", () => {
    const now = Date.parse(at);
    expect(formatAge(at, now + 500, "utc")).toBe("now");
    expect(formatAge(at, now + 42_000, "utc")).toBe("42 s ago");
    expect(formatAge(at, now + 3_599_000, "utc")).toBe("59 min ago");
    expect(formatAge(at, now + 3_600_000, "utc")).toBe("2026-11-27 14:31");
  });
});

describe("a time that somebody writes", () => {
  it("is the one at which the clock shows it, also on days on which clocks change", () => {
    expect(timeShown("2026-12-01T09:30", "utc")).toBe("2026-12-01T09:30:00.000Z");
    for (const day of [
      "2026-07-01",
      "2026-10-31",
      "2026-11-01",
      "2026-11-02",
      "2027-03-13",
      "2027-03-14",
      "2027-03-15",
    ])
      for (const hour of ["00:15", "04:30", "09:30", "23:59"]) {
        const at = timeShown(`${day}T${hour}`, "exchange");
        expect(formatTime(at ?? "", "exchange", "minute")).toBe(`${day} ${hour}`);
      }
  });

  it("is none when it is half written, or before 1970", () => {
    for (const text of ["", "0020-12-01T09:30", "1969-12-31T23:59", "1970-01-01T00:00T"])
      expect(timeShown(text, "exchange")).toBeUndefined();
  });
});
