import { plain } from "../strategy_text";
import classes from "./Strategy.module.css";

/** Paragraphs of a docstring; lines that are set in are shown as they are. */
export function Description({ text }: { readonly text: string }) {
  return (
    <div className={classes["description"]}>
      {text
        .split(/\n{2,}/)
        .map((paragraph, at) =>
          /^\s/.test(paragraph) ? <pre key={at}>{paragraph}</pre> : <p key={at}>{plain(paragraph)}</p>,
        )}
    </div>
  );
}
