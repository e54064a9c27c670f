import { useLayoutEffect, useRef } from "react";
import { Day, formatCount, Moment } from "@/format";
import classes from "./RunLog.module.css";

export interface LogLine {
  readonly text: string;
  /** When the bar was at which it was said; null: before the first one. */
  readonly bar: string | null;
}

interface RunLogProps {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** Lines before them, which are not shown. */
  readonly cut: number;
  /** Whether times of a day matter. */
  readonly hasTimes: boolean;
  /** More lines come: the end is shown. */
  readonly isGrowing?: boolean;
}

/** Of a pixel or two a place is at its end too. */
const AT_END_PX = 8;

/** What a strategy said; who looks at the end of it stays there as lines come. */
export function RunLog({ lines, cut, hasTimes, isGrowing = false }: RunLogProps) {
  const place = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(isGrowing);
  useLayoutEffect(() => {
    if (isAtEnd.current && place.current !== null) place.current.scrollTop = place.current.scrollHeight;
  }, [lines]);
  return (
    <ol
      ref={place}
      className={classes["lines"]}
      aria-label="What the strategy said"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - clientHeight - scrollTop < AT_END_PX;
      }}
    >
      {cut > 0 && (
        <li className={classes["cut"]}>
          <span />
          <span>
            {formatCount(cut)} earlier {cut === 1 ? "line is" : "lines are"} not shown
          </span>
        </li>
      )}
      {lines.map(({ text, bar }, at) => (
        <li key={at}>
          <span>{bar !== null && (hasTimes ? <Moment at={bar} /> : <Day at={bar} />)}</span>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}
