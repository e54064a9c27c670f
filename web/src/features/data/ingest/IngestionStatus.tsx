import { Progress, Tooltip } from "@mantine/core";
import type { IngestionMessage } from "@/api";
import { formatPercent } from "@/format";
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
  const { status, progress } = ingestion;
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
