import { Tooltip } from "@mantine/core";
import type { ReproductionMessage } from "@/api";
import { useOutcomeQuery } from "./reproduction";
import classes from "./Result.module.css";

/** The id of a run and, when it was run again, whether every byte came out the same. */
export function Reproduced({ backtest }: { readonly backtest: string }) {
  const { currentData: found } = useOutcomeQuery(backtest);
  const told = found === undefined || found.status === "none" ? undefined : outcomeOf(found);
  return (
    <div role="status">
      <span className={classes["id"]}>{backtest}</span>
      {told !== undefined && (
        <Tooltip label={told.why} multiline maw={380}>
          <span className={classes[told.look]}> {told.word}</span>
        </Tooltip>
      )}
    </div>
  );
}

interface Outcome {
  readonly look: "seal" | "broken" | "id";
  readonly word: string;
  readonly why: string;
}

export function outcomeOf(
  found: Pick<ReproductionMessage, "status" | "equal" | "differences" | "cause" | "result_hash" | "detail">,
): Outcome {
  if (found.status === "queued" || found.status === "running")
    return { look: "id", word: "running again", why: "A worker runs it again and compares every byte." };
  if (found.equal === true)
    return { look: "seal", word: "reproduced", why: `Every byte came out the same: ${found.result_hash ?? ""}` };
  if (found.equal === false) {
    const why = [found.cause, `Different: ${found.differences.join(", ")}.`].filter(Boolean).join(" ");
    return { look: "broken", word: "not reproduced", why };
  }
  return { look: "broken", word: "could not be run again", why: found.detail ?? "It was not said why." };
}
