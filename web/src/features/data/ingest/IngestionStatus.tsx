import { Progress, Tooltip } from "@mantine/core";
import { useEffect } from "react";
import type { IngestionMessage } from "@/api";
import { useAskAgain } from "@/app/JobChanges";
import { formatPercent } from "@/format";
import { run as runChannel, useChannel } from "@/live";
import { CancelIngestion } from "./CancelIngestion";
import classes from "./Ingestions.module.css";

const WORDS: Readonly<Record<IngestionMessage["status"], string>> = {
  queued: "waits for a worker",
  running: "",
  succeeded: "done",
  failed: "failed",
  cancelled: "cancelled",
  dead: "given up",
};

/** How far it is; why it failed on hover and for readers of screens. */
export function IngestionStatus({ ingestion }: { readonly ingestion: IngestionMessage }) {
  const { status } = ingestion;
  const progress = useProgress(ingestion);
  if (status === "running") {
    return (
      <span className={classes["running"]}>
        <Progress value={progress * 100} aria-label="Progress" />
        <span data-tabular>{formatPercent(progress, 0)}</span>
        <CancelIngestion ingestion={ingestion} />
      </span>
    );
  }
  const why = reasonOf(ingestion);
  const words = <span data-warned={why !== undefined || undefined}>{WORDS[status]}</span>;
  if (why === undefined) {
    return (
      <span className={classes["status"]}>
        {words} <CancelIngestion ingestion={ingestion} />
      </span>
    );
  }
  return (
    <Tooltip label={why} multiline maw={420}>
      <span className={classes["status"]} tabIndex={0}>
        {words} <span className={classes["why"]}>{why}</span>
      </span>
    </Tooltip>
  );
}

/** From 0 to 1, as it goes; with each part that is stored the counts are asked for anew. */
function useProgress({ id, job, status, progress }: IngestionMessage): number {
  const live = useChannel(status !== "running" || job === null ? undefined : runChannel(id)).data?.progress ?? 0;
  const ask = useAskAgain();
  useEffect(() => {
    if (live > 0) ask("ingestions");
  }, [live, ask]);
  return Math.max(live, progress);
}

/** Why something of it is not there; undefined: all is well. */
export function reasonOf({ error, outcomes, status }: IngestionMessage): string | undefined {
  if (error !== null) return error.detail;
  if (status !== "succeeded") return undefined;
  const found = (outcomes ?? []).flatMap(({ stopped, symbols }) => [
    ...(typeof stopped === "string" ? [stopped] : []),
    ...symbols.flatMap((each) => (typeof each.failed === "string" ? [`${each.symbol}: ${each.failed}`] : [])),
  ]);
  return found.length === 0 ? undefined : found.join(" ");
}
