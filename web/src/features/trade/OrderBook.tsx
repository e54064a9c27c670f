import { useEffect, useMemo, useRef, type KeyboardEvent, type MouseEvent, type PointerEvent } from "react";
import { ErrorState, Stale, useStaleAt } from "@/app/states";
import { book, orders, statistics, useChannelValue, useFrameValue } from "@/live";
import { DASH, formatDecimal } from "@/format";
import { hintOf, placeOf, sideAt } from "./ladder_hint";
import { ladderRows, spreadText } from "./ladder_rows";
import { LadderView } from "./ladder_view";
import { LiveText } from "./LiveText";
import classes from "./OrderBook.module.css";
import { Queues, SETTLE_MS } from "./queue";
import type { LadderChoice } from "./ticket";

const LEVELS = 12;
const NO_SIDES = { bids: [], asks: [] };

interface OrderBookProps {
  readonly symbol: string;
  /** Whose orders are marked; undefined: nobody's. */
  readonly account?: string | undefined;
  /** Left out: nobody trades here. */
  readonly onChoose?: (choice: LadderChoice) => void;
  /** Own orders at a price are to be cancelled. */
  readonly onCancel?: (price: string) => void;
}

/** The ladder: asks above bids, the spread between them; own orders with what is ahead of them. Drawn once a frame, by itself. */
export function OrderBook({ symbol, account, onChoose, onCancel }: OrderBookProps) {
  const levels = useChannelValue(useMemo(() => book(symbol), [symbol]));
  const mine = useChannelValue(useMemo(() => (account === undefined ? undefined : orders(account)), [account]));
  const day = useChannelValue(useMemo(() => statistics(symbol), [symbol]));
  const error = useFrameValue(levels, (each) => each.error);
  const isThere = useFrameValue(levels, (each) => each.data !== undefined);
  const isEmpty = useFrameValue(levels, ({ data }) => data?.bids.length === 0 && data.asks.length === 0);
  const staleAt = useStaleAt();
  const asks = useRef<HTMLDivElement>(null);
  const bids = useRef<HTMLDivElement>(null);
  const view = useRef<LadderView>(undefined);
  const hint = useRef<HTMLSpanElement>(null);
  const pointed = useRef<EventTarget>(null);
  const showHint = useRef(() => {});
  useEffect(() => {
    showHint.current = () => {
      if (hint.current === null) return;
      const row = view.current?.rowAt(pointed.current);
      const text = onChoose === undefined ? "" : hintOf(row, placeOf(pointed.current));
      if (hint.current.textContent !== text) hint.current.textContent = text;
    };
    showHint.current();
  });
  useEffect(() => {
    if (asks.current === null || bids.current === null) return undefined;
    const made = new LadderView([asks.current, bids.current], LEVELS, (name) => classes[name] ?? "");
    const queues = new Queues();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      const sides = levels.shown.data ?? NO_SIDES;
      const own = queues.update(mine.shown.data?.values() ?? [], symbol, sides, performance.now());
      const last = day.shown.data?.last;
      made.show(ladderRows(sides, own, LEVELS), last === null || last === undefined ? undefined : last);
      showHint.current(); // the book moves under the pointer
      clearTimeout(timer);
      if (queues.isSettling) timer = setTimeout(draw, SETTLE_MS);
    };
    view.current = made;
    draw();
    const leave = [levels.subscribe(draw), mine.subscribe(draw), day.subscribe(draw)];
    return () => {
      clearTimeout(timer);
      for (const each of leave) each();
      made.remove();
    };
  }, [levels, mine, day, symbol]);

  const pressed = useRef<LadderChoice>(undefined);
  const choose = (target: EventTarget | null, side: LadderChoice["side"]) => {
    const price = view.current?.rowAt(target)?.price;
    if (price !== undefined) onChoose?.({ price, side });
  };
  const point = (target: EventTarget | null) => {
    pointed.current = target;
    showHint.current();
  };
  // What was pressed counts: until the finger leaves the book may have moved.
  const onPointerDown = (event: PointerEvent) => {
    const price = view.current?.rowAt(event.target)?.price;
    pressed.current = price === undefined ? undefined : { price, side: sideAt(placeOf(event.target)) };
  };
  const onClick = (event: MouseEvent) => {
    if (pressed.current === undefined) return;
    if (event.altKey) onCancel?.(pressed.current.price);
    else onChoose?.({ ...pressed.current });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step !== undefined) {
      const rows = view.current?.elements ?? [];
      const at = rows.findIndex((each) => each === document.activeElement);
      const next = at < 0 ? rows.find((each) => each.dataset["row"] === "bid") : rows[at + step];
      (next ?? rows[at])?.focus();
      event.preventDefault();
    } else if (["Enter", "b", "s"].includes(event.key) && document.activeElement !== event.currentTarget) {
      choose(document.activeElement, event.key === "b" ? "buy" : event.key === "s" ? "sell" : undefined);
      event.preventDefault();
    } else if (event.key === "Delete") {
      const price = view.current?.rowAt(document.activeElement)?.price;
      if (price !== undefined) onCancel?.(price);
    }
  };
  if (error !== undefined) return <ErrorState error={error} title="The book cannot be followed" />;
  return (
    <div>
      <div
        className={classes["ladder"]}
        role="table"
        aria-label={`Order book of ${symbol}`}
        aria-busy={!isThere || undefined}
        data-old={staleAt !== undefined || undefined}
        tabIndex={0}
        onPointerDown={onPointerDown}
        onClick={onClick}
        onPointerOver={(event) => point(event.target)}
        onPointerLeave={() => point(null)}
        onKeyDown={onKeyDown}
      >
        <div role="row" className={classes["head"]}>
          <span role="columnheader">Bid size</span>
          <span role="columnheader">Price</span>
          <span role="columnheader">Ask size</span>
          <span role="columnheader" title="Own open quantity, and what is ahead of it in its queue at most">
            Own, ahead
          </span>
        </div>
        <div role="rowgroup" aria-label="Asks" ref={asks} className={classes["half"]} />
        <div role="row" className={classes["middle"]}>
          <span role="cell">
            Spread{" "}
            <LiveText
              value={levels}
              select={({ data }) => {
                const spread = data === undefined ? undefined : spreadText(data);
                return spread ?? DASH;
              }}
            />
          </span>
          <span role="cell">
            Last{" "}
            <LiveText value={day} tint select={({ data }) => (data?.last == null ? DASH : formatDecimal(data.last))} />
          </span>
        </div>
        <div role="rowgroup" aria-label="Bids" ref={bids} className={classes["half"]} />
      </div>
      <div className={classes["note"]}>
        {staleAt !== undefined ? <Stale at={staleAt} /> : isEmpty ? EMPTY : <span ref={hint} />}
      </div>
    </div>
  );
}

const EMPTY = "Empty; orders that rest are shown here.";
