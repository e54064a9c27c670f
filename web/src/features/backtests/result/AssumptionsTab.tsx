import type { FactMessage } from "@/api";
import classes from "./Result.module.css";

interface AssumptionsTabProps {
  readonly facts: readonly FactMessage[];
  /** What the run said of itself. */
  readonly notices: readonly string[];
}

/** What a result rests on; what should give pause in the colour of warnings. */
export function AssumptionsTab({ facts, notices }: AssumptionsTabProps) {
  return (
    <dl className={classes["facts"]}>
      {facts.map(({ label, text, warning }) => (
        <Fact key={label} label={label} text={text} isWarning={warning} />
      ))}
      {notices.map((each) => (
        <Fact key={each} label="Notice" text={each} isWarning />
      ))}
    </dl>
  );
}

function Fact({ label, text, isWarning }: { label: string; text: string; isWarning: boolean }) {
  return (
    <>
      <dt>{label}</dt>
      <dd data-warning={isWarning || undefined}>{text}</dd>
    </>
  );
}
