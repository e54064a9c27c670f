import type { FactMessage } from "@/api";
import { Sentence } from "@/format";
import classes from "./Result.module.css";

/** What a result rests on; what should give pause in the colour of warnings. */
export function AssumptionsTab({ facts }: { readonly facts: readonly FactMessage[] }) {
  return (
    <dl className={classes["facts"]}>
      {facts.map(({ label, text, warning }) => (
        <Fact key={label} label={label} text={text} isWarning={warning} />
      ))}
    </dl>
  );
}

function Fact({ label, text, isWarning }: { label: string; text: string; isWarning: boolean }) {
  return (
    <>
      <dt>{label}</dt>
      <dd data-warning={isWarning || undefined}>
        <Sentence text={text} />
      </dd>
    </>
  );
}
