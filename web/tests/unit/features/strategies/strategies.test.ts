import { describe, expect, it } from "vitest";
import { tokensOf } from "@/app/source/python_tokens";
import { allowed, defaultText, symbolsText, TYPES } from "@/features/strategies/strategy_text";

const SOURCE = `"""A docstring with # and def."""
@register
class Sma(Strategy):  # the class
    name = f"it's {x}"
    def decide(self) -> None:
        return define_it
`;

describe("the source of a strategy", () => {
  const tokens = tokensOf(SOURCE);
  const of = (kind: string) => tokens.filter((each) => each.kind === kind).map((each) => each.text);

  it("is all there, in the same order", () => {
    expect(tokens.map((each) => each.text).join("")).toBe(SOURCE);
  });

  it("has strings and comments that hide what is in them", () => {
    expect(of("string")).toEqual([`"""A docstring with # and def."""`, `f"it's {x}"`]);
    expect(of("comment")).toEqual(["# the class"]);
  });

  it("has names where they are made, and keywords that are whole words", () => {
    expect(of("name")).toEqual(["@register", "Sma", "decide"]);
    expect(of("keyword")).toEqual(["class", "def", "None", "return"]);
  });

  it("is read to its end when a string has none", () => {
    expect(tokensOf(`x = """never`).map((each) => each.kind)).toEqual(["plain", "string"]);
  });
});

describe("a strategy", () => {
  it("says how many symbols it takes", () => {
    const strategy = { name: "x", class_name: "X", summary: "", parameters: [], least_symbols: 1, most_symbols: null };
    expect(symbolsText(strategy)).toBe("1 or more");
    expect(symbolsText({ ...strategy, least_symbols: 2, most_symbols: 2 })).toBe("2");
    expect(symbolsText({ ...strategy, most_symbols: 3 })).toBe("1 to 3");
  });

  it("says what a parameter may be", () => {
    const parameter = {
      name: "n",
      default: 1,
      description: "",
      choices: [],
      low: null,
      high: null,
      type: "int",
    } as const;
    const open = { ...parameter, choices: [] };
    expect(allowed(open)).toBe("any");
    expect(allowed({ ...open, low: 1, high: 9 })).toBe("1 to 9");
    expect(allowed({ ...open, low: 0.5, high: 1000 })).toBe("0.5 to 1\u202f000");
    expect(allowed({ ...open, low: 0 })).toBe("from 0");
    expect(allowed({ ...open, type: "bool" })).toBe("yes or no");
    expect([TYPES.int, TYPES.bool]).toEqual(["whole number", "yes or no"]);
    expect([true, false, 10, ""].map((each) => defaultText({ ...open, default: each }))).toEqual([
      "yes",
      "no",
      "10",
      "",
    ]);
    expect(allowed({ ...open, type: "str", choices: ["month", "quarter"] })).toBe("month, quarter");
  });
});
