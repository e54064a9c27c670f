import { Checkbox } from "@mantine/core";
import { Link } from "react-router";
import type { BacktestMessage } from "@/api";
import { strategyTitle } from "@/format";
import type { Column } from "@/tables";
import { parametersText, secondsOf, STATUS, symbolsText } from "../run_text";
import { RunStatus } from "./RunStatus";
import classes from "./RunStatus.module.css";

interface Choosing {
  readonly chosen: readonly string[];
  readonly onToggle: (id: string) => void;
  readonly isFull: boolean;
}

/** Of the list of runs. Figures are those of finished ones. */
export function runColumns({ chosen, onToggle, isFull }: Choosing): readonly Column<BacktestMessage>[] {
  const metric = (name: string) => (run: BacktestMessage) => run.result?.metrics[name]?.value;
  const why = (name: string) => (run: BacktestMessage) =>
    run.result === null ? `It is ${STATUS[run.status]}.` : (run.result.metrics[name]?.undefined_because ?? "Unknown.");
  return [
    {
      id: "compare",
      header: "Pick",
      narrow: "title",
      width: 40,
      value: (run) => chosen.includes(run.id),
      cell: (run) => (
        // The row opens the run; its box does not.
        <span onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
          <Checkbox
            size="xs"
            aria-label={`Compare ${strategyTitle(run.spec.strategy.name)} of ${symbolsText(run.spec.symbols)}`}
            checked={chosen.includes(run.id)}
            disabled={run.result === null || (isFull && !chosen.includes(run.id))}
            onChange={() => onToggle(run.id)}
          />
        </span>
      ),
    },
    {
      id: "strategy",
      header: "Strategy",
      narrow: "title",
      value: (run) => strategyTitle(run.spec.strategy.name),
      cell: (run) => <Link to={run.id}>{strategyTitle(run.spec.strategy.name)}</Link>,
    },
    {
      id: "symbol",
      header: "On",
      narrow: "title",
      value: (run) => `${symbolsText(run.spec.symbols)} ${run.spec.interval}`,
    },
    {
      id: "parameters",
      header: "Parameters",
      narrow: "whole",
      value: (run) => parametersText(run.spec),
      cell: (run) => (
        <span className={classes["short"]} title={parametersText(run.spec)}>
          {parametersText(run.spec) || "defaults"}
        </span>
      ),
    },
    {
      id: "status",
      header: "Status",
      width: 124,
      value: (run) => run.status,
      cell: (run) => <RunStatus run={run} />,
    },
    {
      id: "return",
      header: "Return",
      value: metric("total_return"),
      why: why("total_return"),
      kind: "percent",
      signed: true,
    },
    { id: "sharpe", header: "Sharpe", value: metric("sharpe"), why: why("sharpe"), kind: "decimal", digits: 2 },
    {
      id: "drawdown",
      header: "Max DD",
      value: metric("max_drawdown"),
      why: why("max_drawdown"),
      kind: "percent",
    },
    { id: "trades", header: "Trades", value: metric("trades"), why: why("trades"), kind: "decimal", digits: 0 },
    {
      id: "start",
      header: "From",
      isMinor: true,
      value: (run) => run.result?.first_bar,
      kind: "time",
      precision: "day",
    },
    { id: "end", header: "To", isMinor: true, value: (run) => run.result?.last_bar, kind: "time", precision: "day" },
    {
      id: "seconds",
      header: "Took",
      isMinor: true,
      narrow: "hidden",
      unit: "s",
      value: secondsOf,
      why: "Not a job, or not done.",
      kind: "decimal",
      digits: 1,
    },
    { id: "created", header: "Asked for", value: (run) => run.created_at, kind: "time", precision: "minute" },
  ];
}
