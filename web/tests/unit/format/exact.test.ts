import { describe, expect, it } from "vitest";
import {
  compare,
  digitsOf,
  floorTo,
  isDecimal,
  minus,
  moved,
  nearest,
  over,
  plain,
  plus,
  times,
  withDigits,
} from "@/format/exact";

describe("decimals are calculated with exactly", () => {
  it("adds, subtracts, multiplies and divides what a float cannot hold", () => {
    expect(plus("0.1", "0.2")).toBe("0.3");
    expect(minus("100000000000000000000.01", "0.02")).toBe("99999999999999999999.99");
    expect(times("-60012.50", "0.05")).toBe("-3000.625");
    expect(over("10", "3", 4)).toBe("3.3333");
    expect(over("-10", "3", 2)).toBe("-3.33");
    expect(over("1", "0", 4)).toBe("0");
    expect(compare("60000.0", "60000")).toBe(0);
    expect(compare("-2", "-10")).toBe(1);
  });

  it("knows steps", () => {
    expect(floorTo("0.2599", "0.01")).toBe("0.25");
    expect(floorTo("-0.251", "0.01")).toBe("-0.26");
    expect(floorTo("7", "2.5")).toBe("5.0");
    expect(nearest(60_001.3, "2.50")).toBe("60002.50");
    expect(digitsOf("0.50")).toBe(2);
    expect(withDigits("60012.5", 2)).toBe("60012.50");
    expect(withDigits("3", 1)).toBe("3.0");
  });

  it("moves a price by ticks, from between two of them to the next one", () => {
    expect(moved("60000.00", "2.50", 1)).toBe("60002.50");
    expect(moved("60000.00", "2.50", -1)).toBe("59997.50");
    expect(moved("60001", "2.50", 1)).toBe("60002.50");
    expect(moved("60001", "2.50", -1)).toBe("60000.00");
    expect(moved("100", "0.01", 10)).toBe("100.10");
  });

  it("tells what is a decimal, and its shortest form", () => {
    expect(["1", "-1.5", ".5", "5.", "", ".", "1e5", "1,5"].map(isDecimal)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(["007.50", "-0.0", "100", ".5"].map(plain)).toEqual(["7.5", "0", "100", "0.5"]);
  });
});
