import type { ReactNode } from "react";
import type { BacktestMessage, RunResult } from "@/api";
import { Moment } from "@/format";
import { run as runChannel, useChannel } from "@/live";
import classes from "./Result.module.css";

interface LogTabProps {
  readonly run: BacktestMessage;
  readonly result: RunResult;
}

/** What happened, and what the run said of itself. */
export function LogTab({ run, result }: LogTabProps) {
  const lines = useChannel(run.job === null ? undefined : runChannel(run.id)).data?.log ?? [];
  const rows: [ReactNode, string][] = [
    [<Moment key="created" at={run.created_at} precision="ms" />, "asked for"],
    ...(run.started_at === null || run.job === null
      ? []
      : [
          [<Moment key="started" at={run.started_at} precision="ms" />, attemptText(run.attempt)] as [
            ReactNode,
            string,
          ],
        ]),
    ...lines.map((text): [ReactNode, string] => ["", text]),
    ...result.notices.map((text): [ReactNode, string] => ["notice", text]),
    [<Moment key="finished" at={run.finished_at} precision="ms" />, "result stored"],
  ];
  return (
    <ul className={classes["log"]}>
      {rows.map(([when, text], at) => (
        <li key={at}>
          <span>{when}</span>
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}

function attemptText(attempt: number): string {
  return attempt <= 1 ? "begun by a worker" : `begun by a worker, for the ${attempt}. time`;
}
