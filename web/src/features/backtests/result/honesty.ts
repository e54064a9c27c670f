/** What there is to doubt about a run, as the gateway tells it. */

export type Verdict = "ok" | "warning" | "failed" | "n/a";

interface Part {
  readonly verdict: Verdict;
  readonly sentence: string;
}

interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Honesty {
  readonly verdict: Verdict;
  readonly look_ahead: Part & { readonly cuts: readonly number[] };
  readonly costs: Part & {
    readonly multiples: readonly {
      readonly multiple: number;
      readonly total_return: number;
    }[];
    readonly break_even: number | null;
  };
  readonly intervals: Part & { readonly sharpe: Interval | null };
  readonly concentration: Part & { readonly share: number | null; readonly best: number };
  readonly liquidity: Part & { readonly share: number | null };
  readonly flags: readonly (Part & { readonly name: string })[];
  readonly seconds: number;
}

/** The lowest quality of a run's bars of 100, as its assets say it. */
export interface DataQuality {
  readonly score: number;
  readonly sentence: string;
}

/** Undefined: of no series a quality report doubted anything when it ran, or there was none. */
export function qualityOf(assets: readonly { readonly quality: string | null }[]): DataQuality | undefined {
  const found = assets.flatMap(({ quality: sentence }): DataQuality[] => {
    const score = /quality ([\d.]+) of 100/.exec(sentence ?? "")?.[1];
    return sentence === null || score === undefined ? [] : [{ score: Number(score), sentence }];
  });
  return found.reduce<DataQuality | undefined>(
    (worst, each) => (worst === undefined || each.score < worst.score ? each : worst),
    undefined,
  );
}

export interface Line extends Part {
  readonly label: string;
}

/** All its parts, the worst first. */
export function linesOf(honesty: Honesty): Line[] {
  const lines: Line[] = [
    { label: "Look-ahead", ...part(honesty.look_ahead) },
    { label: "Costs", ...part(honesty.costs) },
    { label: "95% intervals", ...part(honesty.intervals) },
    { label: "Best trades", ...part(honesty.concentration) },
    { label: "Volume", ...part(honesty.liquidity) },
    ...honesty.flags.map((each) => ({ label: labelOf(each.name), ...part(each) })),
  ];
  const order: readonly Verdict[] = ["failed", "warning", "ok", "n/a"];
  return lines.sort((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
}

function part({ verdict, sentence }: Part): Part {
  return { verdict, sentence };
}

function labelOf(name: string): string {
  const text = name.replaceAll("_", " ").replace("sharpe", "Sharpe");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
