import { Tooltip } from "@mantine/core";
import { useState } from "react";
import { useOutcomeQuery, type Reproduction } from "./reproduction";
import classes from "./Result.module.css";

const LOOK_MS = 500;

/** The id of a run and, when it was run again, whether every byte came out the same. */
export function Reproduced({ backtest }: { readonly backtest: string }) {
  const [isGoing, setGoing] = useState(false);
  // One that was never run again has no such thing: the answer is then an error, and nothing is said.
  const { currentData: found } = useOutcomeQuery(backtest, { pollingInterval: isGoing ? LOOK_MS : 0 });
  const goes = found?.status === "queued" || found?.status === "running";
  if (goes !== isGoing) setGoing(goes);
  const told = found === undefined ? undefined : outcomeOf(found);
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

export function outcomeOf(found: Reproduction): Outcome {
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
