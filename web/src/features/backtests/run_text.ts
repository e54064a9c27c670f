/** What a run is, in words: from its spec, which says all that decided it. */

export interface RunWords {
  readonly title: string;
  readonly about: string;
}

export function runWords(spec: Readonly<Record<string, unknown>>): RunWords {
  const strategy = spec["strategy"] as { name?: string; parameters?: Record<string, unknown> } | undefined;
  const symbols = (spec["symbols"] as string[] | undefined) ?? [];
  const parameters = Object.entries(strategy?.parameters ?? {}).map(([name, value]) => `${name} ${String(value)}`);
  const interval = typeof spec["interval"] === "string" ? spec["interval"] : "";
  const range = [spec["start"], spec["end"]].filter((each) => typeof each === "string").join(" to ");
  return {
    title: [strategy?.name ?? "Backtest", symbols.join(", ")].join(" · "),
    about: [range, interval, parameters.join(", ")].filter((each) => each !== "").join(" · "),
  };
}
