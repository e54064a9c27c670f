import { Sentence } from "@/format";
import classes from "./Result.module.css";

/** What a run said of itself that its reader should know first. */
export function Notices({ notices }: { readonly notices: readonly string[] }) {
  if (notices.length === 0) return null;
  return (
    <ul className={classes["notices"]} aria-label="Notices">
      {notices.map((each) => (
        <li key={each}>
          <Sentence text={each} />
        </li>
      ))}
    </ul>
  );
}
