import { Fragment } from "react";
import { formatDay } from "./time";
import classes from "./DateText.module.css";

/** A date or time in figures of one width; between them hyphens as narrow as in words. */
export function DateText({ text }: { readonly text: string }) {
  return text.split("-").map((part, at) => (
    <Fragment key={at}>
      {at > 0 && <span className={classes["hyphen"]}>-</span>}
      {part}
    </Fragment>
  ));
}

/** The day of a bar. */
export function Day({ at }: { readonly at: string }) {
  return (
    <time>
      <DateText text={formatDay(at)} />
    </time>
  );
}
