import type { ReactNode } from "react";
import { useGetBacktestLogQuery, type BacktestMessage, type RunResult } from "@/api";
import { Loaded, TextSkeleton } from "@/app/states";
import { Moment, Sentence } from "@/format";
import { secondsOfInterval } from "../form/intervals";
import { RunLog } from "../RunLog";
import classes from "./Result.module.css";

interface LogTabProps {
  readonly run: BacktestMessage;
  readonly result: RunResult;
}

/** What happened, what the strategy said, and what the run said of itself. */
export function LogTab({ run, result }: LogTabProps) {
  const begun: readonly [ReactNode, string][] = [
    [<Moment key="created" at={run.created_at} precision="ms" />, "asked for"],
    ...(run.started_at === null || run.job === null
      ? []
      : [
          [<Moment key="started" at={run.started_at} precision="ms" />, attemptText(run.attempt)] as [
            ReactNode,
            string,
          ],
        ]),
  ];
  const ended: readonly [ReactNode, string][] = [
    ...result.notices.map((text): [ReactNode, string] => ["notice", text]),
    [<Moment key="finished" at={run.finished_at} precision="ms" />, "result stored"],
  ];
  return (
    <>
      <Happened rows={begun} />
      {run.job !== null && <SaidByStrategy run={run} />}
      <Happened rows={ended} />
    </>
  );
}

/** The lines that were kept when the run ended. */
export function SaidByStrategy({ run }: { readonly run: BacktestMessage }) {
  const query = useGetBacktestLogQuery({ backtest: run.id });
  return (
    <Loaded query={query} skeleton={<TextSkeleton lines={3} />}>
      {({ lines, cut }) =>
        lines.length === 0 ? null : (
          <RunLog lines={lines} cut={cut} hasTimes={secondsOfInterval(run.spec.interval) < 86_400} />
        )
      }
    </Loaded>
  );
}

function Happened({ rows }: { readonly rows: readonly [ReactNode, string][] }) {
  return (
    <ul className={classes["log"]}>
      {rows.map(([when, text], at) => (
        <li key={at}>
          <span>{when}</span>
          <span>
            <Sentence text={text} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function attemptText(attempt: number): string {
  return attempt <= 1 ? "begun by a worker" : `begun by a worker, for the ${attempt}. time`;
}
