import { TickMarkType, type TimeScalePoint, type UTCTimestamp } from "lightweight-charts";
import { describe, expect, it } from "vitest";
import { ClockScale, tickText } from "@/charts/clock_scale";
import { secondsAhead, type Clock } from "@/format";

const HOUR = 3600;
const at = (iso: string) => Date.parse(iso) / 1000;

/** Weights of hourly bars: 50 begins a day, 60 a month. */
function weights(clock: Clock, hasTimes: boolean, first: string, hours: number, from = 0): number[] {
  const scale = new ClockScale(clock);
  scale.take({ hasTimes, hasSeconds: false });
  const points = Array.from({ length: hours }, (_, hour) => ({
    timeWeight: -1 as unknown as TimeScalePoint["timeWeight"],
    time: scale.convertHorzItemToInternal((at(first) + hour * HOUR) as UTCTimestamp),
    originalTime: 0,
  }));
  scale.fillWeightsForPoints(points, from);
  return points.map((each) => Number(each.timeWeight));
}

describe("a time axis", () => {
  it("begins days where the clock does", () => {
    const utc = weights("utc", true, "2026-07-01T20:00:00Z", 12);
    const exchange = weights("exchange", true, "2026-07-01T20:00:00Z", 12);
    expect(utc.indexOf(50)).toBe(4);
    expect(exchange.indexOf(50)).toBe(8); // midnight of New York in summer
  });

  it("begins a month where the clock does, though it is another day elsewhere", () => {
    expect(weights("exchange", true, "2026-07-01T02:00:00Z", 6).indexOf(60)).toBe(2);
  });

  it("leaves days alone", () => {
    expect(weights("exchange", false, "2026-07-01T20:00:00Z", 12).indexOf(50)).toBe(4);
  });

  it("weighs only points that are new", () => {
    const found = weights("exchange", true, "2026-07-01T20:00:00Z", 12, 8);
    expect(found.slice(0, 8)).toEqual(Array(8).fill(-1));
    expect(found[8]).toBe(50);
  });

  it("goes on through the hour that comes twice", () => {
    expect(weights("exchange", true, "2026-11-01T03:00:00Z", 6).filter((each) => each >= 50)).toEqual([60]);
    expect([4, 5, 6, 7].map((hour) => secondsAhead("exchange", at(`2026-11-01T0${hour}:30:00Z`)) / HOUR)).toEqual([
      -4, -4, -5, -5,
    ]);
  });

  it("writes times by the clock and days as they are", () => {
    const written = (clock: Clock, hasTimes: boolean) => {
      const scale = new ClockScale(clock);
      scale.take({ hasTimes, hasSeconds: false });
      return scale.text(at("2026-07-02T00:00:00Z"));
    };
    expect(written("utc", true)).toBe("2026-07-02 00:00");
    expect(written("exchange", true)).toBe("2026-07-01 20:00");
    expect(written("exchange", false)).toBe("2026-07-02");
  });

  it("says of which month a day beside times is", () => {
    const full = "2026-07-01 20:05:09";
    const kinds = [TickMarkType.Year, TickMarkType.Month, TickMarkType.DayOfMonth, TickMarkType.TimeWithSeconds];
    expect(kinds.map((kind) => tickText(full, kind, { hasTimes: true, hasSeconds: true }))).toEqual([
      "2026",
      "Jul",
      "1 Jul",
      "20:05:09",
    ]);
    expect(tickText(full, TickMarkType.DayOfMonth, { hasTimes: false, hasSeconds: false })).toBe("1");
  });
});
