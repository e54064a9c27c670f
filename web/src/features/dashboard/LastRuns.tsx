import { Link } from "react-router";
import type { BacktestMessage } from "@/api";
import { Age, Figure, strategyTitle } from "@/format";
import { STATUS, symbolsText, whyOf } from "./jobs";
import classes from "./Lists.module.css";

/** The newest runs: of finished ones what they earned, of others why not. */
export function LastRuns({ runs }: { readonly runs: readonly BacktestMessage[] }) {
  return (
    <ul className={`${classes["list"] ?? ""} ${classes["runs"] ?? ""}`}>
      {runs.map((run) => (
        <li key={run.id}>
          <Link to={`/backtests/${run.id}`} className={classes["run"] ?? ""}>
            <span className={classes["what"]}>
              {strategyTitle(run.spec.strategy.name)} <b>{symbolsText(run.spec.symbols)}</b>
            </span>
            {run.result === null ? <Without run={run} /> : <Figures result={run.result} />}
            <span className={classes["when"]}>
              <Age at={run.created_at} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Figures({ result }: { readonly result: NonNullable<BacktestMessage["result"]> }) {
  const { total_return: earned, sharpe, max_drawdown: drawdown } = result.metrics;
  const why = (metric: typeof earned) => metric?.undefined_because ?? "It was not worked out.";
  const wide = `${classes["number"] ?? ""} ${classes["wide"] ?? ""}`;
  return (
    <>
      <span className={classes["number"]}>
        <Figure value={earned?.value} as="percent" signed why={why(earned)} />
      </span>
      <span className={wide}>
        <span className={classes["unit"]}>Sharpe</span> <Figure value={sharpe?.value} why={why(sharpe)} />
      </span>
      <span className={wide}>
        <span className={classes["unit"]}>DD</span> <Figure value={drawdown?.value} as="percent" why={why(drawdown)} />
      </span>
    </>
  );
}

function Without({ run }: { readonly run: BacktestMessage }) {
  const why = whyOf(run);
  const isBad = run.status === "failed" || run.status === "dead";
  return (
    <span className={isBad ? classes["bad"] : classes["pending"]} title={why}>
      {STATUS[run.status]}
      {isBad && why !== undefined && `: ${why}`}
    </span>
  );
}
