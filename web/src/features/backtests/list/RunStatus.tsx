import { Progress } from "@mantine/core";
import type { BacktestMessage } from "@/api";
import { formatPercent } from "@/format";
import { run as runChannel, useChannel } from "@/live";
import { isOver, STATUS } from "../run_text";
import classes from "./RunStatus.module.css";

/** Its status; of one that is not over the progress, as it goes. */
export function RunStatus({ run }: { readonly run: BacktestMessage }) {
  const over = isOver(run.status);
  const live = useChannel(over ? undefined : runChannel(run.id)).data;
  if (over) {
    return (
      <span className={classes["status"]} data-status={run.status} title={run.error?.detail}>
        {STATUS[run.status]}
      </span>
    );
  }
  const progress = Math.max(live?.progress ?? 0, run.progress);
  return (
    <span className={classes["live"]}>
      <Progress value={progress * 100} size={4} aria-label="Progress" />
      <span>{run.cancel_asked ? "ending" : formatPercent(progress, 0)}</span>
    </span>
  );
}
