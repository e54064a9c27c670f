import type { BacktestMessage, EquityCurve } from "@/api";
import { formatCount, Sentence } from "@/format";
import { recorded } from "./recorded";
import classes from "./Report.module.css";

/** What this file is, and what is not in it. */
export function ReportNotes() {
  return (
    <footer className={classes["notes"]}>
      {notes().map((each) => (
        <p key={each}>
          <Sentence text={each} />
        </p>
      ))}
    </footer>
  );
}

function notes(): string[] {
  const [first = ""] = recorded.runs;
  const { result, spec } = answerOf(first) as BacktestMessage;
  const [bars, points] = [result?.bars ?? 0, (answerOf(first, "/equity") as EquityCurve).data.length];
  const symbols = recorded.runs.length > 1 ? 0 : spec.symbols.length - recorded.priced.length;
  return [
    ...recorded.notices,
    `Written by ArbitraX ${result?.engine_version ?? ""}; this file asks nothing of a network.`,
    ...(points < bars
      ? [
          `${formatCount(bars)} bars are drawn as ${formatCount(points)} points, which keep every drawdown; figures and the honesty panel are of every bar.`,
        ]
      : []),
    ...(symbols > 0
      ? [`Prices of ${formatCount(symbols)} of ${formatCount(spec.symbols.length)} symbols are not in this file.`]
      : []),
    ...recorded.cuts.map(
      ({ table, rows, of }) => `The tables have the first ${formatCount(rows)} of ${formatCount(of)} ${table}.`,
    ),
  ];
}

function answerOf(run: string, part = ""): unknown {
  return recorded.answers[`/api/v1/backtests/${run}${part}`];
}
