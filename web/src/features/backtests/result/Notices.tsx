import { Code } from "@mantine/core";
import classes from "./Result.module.css";

/** What a run said of itself that its reader should know first. */
export function Notices({ notices }: { readonly notices: readonly string[] }) {
  if (notices.length === 0) return null;
  return (
    <ul className={classes["notices"]} aria-label="Notices">
      {notices.map((each) => (
        <li key={each}>{withCode(each)}</li>
      ))}
    </ul>
  );
}

/** What stands between backticks as code. */
function withCode(text: string) {
  return text.split("`").map((part, at) => (at % 2 === 1 ? <Code key={at}>{part}</Code> : part));
}
