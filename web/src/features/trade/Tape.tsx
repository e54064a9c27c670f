import { useEffect, useMemo, useRef } from "react";
import { ErrorState, Live, Stale, useStaleAt } from "@/app/states";
import { usePreferences, zoneName } from "@/format";
import { trades, useChannelValue, useFrameValue } from "@/live";
import classes from "./Tape.module.css";
import { TapeView } from "./tape_view";

const ROW = 18;

/** Trades of everybody, the newest first; the colour says which side took. Drawn once a frame, by itself. */
export function Tape({ symbol, rows }: { readonly symbol: string; readonly rows: number }) {
  const value = useChannelValue(useMemo(() => trades(symbol), [symbol]));
  const error = useFrameValue(value, (each) => each.error);
  const isEmpty = useFrameValue(value, ({ data }) => data === undefined || data.length === 0);
  const staleAt = useStaleAt();
  const { clock } = usePreferences();
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (body.current === null) return undefined;
    const view = new TapeView(body.current, rows, classes["row"] ?? "", clock);
    const draw = () => view.show(value.shown.data ?? []);
    draw();
    const leave = value.subscribe(draw);
    return () => {
      leave();
      view.remove();
    };
  }, [value, rows, clock]);
  if (error !== undefined) return <ErrorState error={error} title="The tape cannot be followed" />;
  return (
    <div>
      <Live>
        <div className={classes["tape"]} role="table" aria-label={`Trades of ${symbol}`}>
          <div role="row" className={classes["head"]}>
            <span role="columnheader">Time, {zoneName(clock)}</span>
            <span role="columnheader">Price</span>
            <span role="columnheader">Size</span>
          </div>
          <div role="rowgroup" ref={body} className={classes["body"]} style={{ height: rows * ROW }}>
            {isEmpty && <div className={classes["none"]}>Trades are shown here as they happen.</div>}
          </div>
        </div>
      </Live>
      <div className={classes["note"]}>{staleAt !== undefined && <Stale at={staleAt} />}</div>
    </div>
  );
}
