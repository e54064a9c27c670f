/** Prices of what an account holds, at most four times a second: figures that are added up need no more. */
import { useEffect, useMemo } from "react";
import { useChannelValue } from "./channels";
import { FrameValue } from "./frame_value";
import { statistics } from "./market";
import type { Mark, Marks } from "./worth";

const EVERY_MS = 250;

export type MarkValue = FrameValue<Marks>;

export function newMarks(): MarkValue {
  return new FrameValue<Marks>(new Map());
}

/** Follows the prices of symbols into marks; shows nothing. */
export function MarkFollowers({ symbols, marks }: { readonly symbols: readonly string[]; readonly marks: MarkValue }) {
  return symbols.map((each) => <MarkFollower key={each} symbol={each} marks={marks} />);
}

function MarkFollower({ symbol, marks }: { readonly symbol: string; readonly marks: MarkValue }) {
  const value = useChannelValue(useMemo(() => statistics(symbol), [symbol]));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = () => {
      timer = undefined;
      const found = value.shown.data;
      if (found === undefined) return;
      const mark: Mark = { last: found.last, open: found.open };
      const before = marks.next.get(symbol);
      if (before?.last === mark.last && before.open === mark.open) return;
      marks.set(new Map(marks.next).set(symbol, mark));
    };
    take();
    const leave = value.subscribe(() => {
      timer ??= setTimeout(take, EVERY_MS);
    });
    return () => {
      clearTimeout(timer);
      leave();
    };
  }, [value, marks, symbol]);
  return null;
}
