import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useEffect, useId, useRef, useState } from "react";
import type { NewOrder } from "@arbitrax/client";
import type { AccountDetail } from "@/api";
import { usePreferences, zoneName } from "@/format";
import { isDecimal, isZero, over, times } from "@/format/exact";
import classes from "./OrderTicket.module.css";
import {
  canBePostOnly,
  hasPrice,
  NEW_TICKET,
  orderOf,
  problemsOf,
  sizeOfShare,
  TIMES_OF,
  withChoice,
  withType,
  type LadderChoice,
  type Market,
  type Ticket,
  type TicketType,
  type TimeInForce,
} from "./ticket";
import { TicketFields, TicketInput } from "./TicketFields";
import { TicketVerdict } from "./TicketVerdict";
import { useVerdict } from "./use_verdict";

interface OrderTicketProps {
  readonly market: Market;
  readonly account: AccountDetail | undefined;
  readonly currency: string;
  /** What somebody chose on the ladder; another object each time. */
  readonly choice: LadderChoice | undefined;
  /** What is held of the symbol. */
  readonly held: string;
  /** Of a side the best price now, and the average of what a quantity takes. */
  readonly bestPrice: (side: "buy" | "sell") => string | undefined;
  readonly averagePrice: (side: "buy" | "sell", quantity: string) => number | undefined;
  readonly onSend: (order: NewOrder) => void;
}

const TYPES = [
  { value: "limit", label: "Limit" },
  { value: "market", label: "Market" },
  { value: "stop", label: "Stop" },
  { value: "stop_limit", label: "Stop limit" },
  { value: "trailing_stop", label: "Trailing stop" },
  { value: "iceberg", label: "Iceberg" },
  { value: "peg", label: "Peg" },
];
/** In the order of TYPES: what those that not everybody knows do. */
const MEANINGS: Readonly<Partial<Record<TicketType, string>>> = {
  stop: "Takes the best price once the last trade reaches the trigger.",
  stop_limit: "Becomes a limit order once the last trade reaches the trigger.",
  trailing_stop: "Its trigger follows the price at the distance, one way only; then it takes the best there is.",
  iceberg: "The book shows so much of it; each time that is taken, as much again, at the back of the queue.",
  peg: "Follows the best price of its side, so far behind it, and never beyond its own.",
};
const TIMES: Readonly<Record<TimeInForce, string>> = {
  gtc: "Until cancelled",
  day: "Day",
  gtd: "Until a time",
  ioc: "At once or cancel",
  fok: "All at once",
};
const SHARES = [10, 25, 50, 100];

/** The order ticket: what the exchange would say of it is told while it is typed; sending takes one more click or Enter. */
export function OrderTicket(props: OrderTicketProps) {
  const { market, account, currency, choice, held, bestPrice, averagePrice, onSend } = props;
  const [ticket, setTicket] = useState<Ticket>(NEW_TICKET);
  const { clock } = usePreferences();
  const [factor, setFactor] = useState("1");
  const send = useRef<HTMLButtonElement>(null);
  const name = useId();
  const set = (news: Partial<Ticket>) => setTicket((before) => ({ ...before, ...news }));
  const [taken, setTaken] = useState(choice);
  if (choice !== taken) {
    setTaken(choice);
    if (choice !== undefined) setTicket(withChoice(ticket, choice));
  }
  useEffect(() => {
    if (choice !== undefined) send.current?.focus({ preventScroll: true });
  }, [choice]);

  const problems = problemsOf(ticket, market);
  const order = account === undefined ? undefined : orderOf(ticket, market, account.id, clock);
  const verdict = useVerdict(order, `${account?.buying_power ?? ""} ${String(account?.killed)}`);
  const isJudged = verdict !== undefined && JSON.stringify(verdict.order) === JSON.stringify(order);
  const setAside = isJudged ? verdict.found?.checks.find((each) => each.name === "buying_power")?.value : undefined;
  const reference = hasPrice(ticket.type) && isDecimal(ticket.price) ? ticket.price : bestPrice(ticket.side);
  const [judged, setJudged] = useState(setAside);
  if (setAside !== judged) {
    setJudged(setAside);
    if (order?.quantity != null && reference !== undefined && setAside != null && !isZero(setAside))
      setFactor(over(setAside, times(order.quantity, reference), 8));
  }

  // A cash account sells what it holds.
  const ofHeld = ticket.side === "sell" && account?.kind === "cash";
  const shareOf = (percent: number) => {
    if (ofHeld) return sizeOfShare(percent, held, "1", market.lot, "1");
    if (account?.buying_power == null || reference === undefined) return undefined;
    return sizeOfShare(percent, account.buying_power, reference, market.lot, factor);
  };
  const fields = {
    ticket,
    market,
    problems,
    onWrite: set,
    start: bestPrice(ticket.side === "buy" ? "sell" : "buy"),
  };
  return (
    <form
      className={classes["ticket"]}
      aria-label="Order ticket"
      onSubmit={(event) => {
        event.preventDefault();
        if (order !== undefined) onSend(order);
      }}
    >
      <div className={classes["sides"]} role="radiogroup" aria-label="Side">
        {(["buy", "sell"] as const).map((side) => (
          <label key={side} data-side={side}>
            <input type="radio" name={name} checked={ticket.side === side} onChange={() => set({ side })} />
            {side === "buy" ? "Buy" : "Sell"}
          </label>
        ))}
      </div>
      <div className={classes["pair"]}>
        <NativeSelect
          size="xs"
          label="Type"
          data={TYPES}
          value={ticket.type}
          onChange={(event) => setTicket(withType(ticket, event.currentTarget.value as TicketType))}
        />
        <NativeSelect
          size="xs"
          label="Time in force"
          data={TIMES_OF[ticket.type].map((value) => ({ value, label: TIMES[value] }))}
          value={ticket.timeInForce}
          onChange={(event) => set({ timeInForce: event.currentTarget.value as TimeInForce })}
        />
      </div>
      {ticket.timeInForce === "gtd" && (
        <TextInput
          size="xs"
          type="datetime-local"
          max="9999-12-31T23:59"
          label={`Until, ${zoneName(clock)}`}
          value={ticket.until}
          onChange={(event) => set({ until: event.currentTarget.value })}
        />
      )}
      <TicketInput {...fields} field="size" label="Size" />
      <div
        className={classes["shares"]}
        role="group"
        aria-label={ofHeld ? "Share of what is held" : "Share of the buying power"}
      >
        {SHARES.map((percent) => {
          const size = shareOf(percent);
          return (
            <button
              key={percent}
              type="button"
              disabled={size === undefined || isZero(size)}
              title={shareText(percent, ofHeld, isZero(held))}
              onClick={() => size !== undefined && set({ size })}
            >
              {percent}%
            </button>
          );
        })}
      </div>
      <TicketFields {...fields} />
      {MEANINGS[ticket.type] !== undefined && <p className={classes["meaning"]}>{MEANINGS[ticket.type]}</p>}
      <Checkbox
        size="xs"
        label="Post only: never take"
        disabled={!canBePostOnly(ticket)}
        checked={ticket.isPostOnly && canBePostOnly(ticket)}
        onChange={(event) => set({ isPostOnly: event.currentTarget.checked })}
      />
      <Checkbox
        size="xs"
        label="Reduce only: close, never open"
        checked={ticket.isReduceOnly}
        onChange={(event) => set({ isReduceOnly: event.currentTarget.checked })}
      />
      <TicketVerdict
        order={order}
        verdict={isJudged ? verdict : undefined}
        currency={currency}
        averageOf={(quantity) => averagePrice(ticket.side, quantity)}
      />
      <Button
        ref={send}
        type="submit"
        className={classes["send"] ?? ""}
        data-side={ticket.side}
        disabled={order === undefined}
        fullWidth
      >
        {ticket.side === "buy" ? "Buy" : "Sell"} {ticket.size} {market.symbol}
      </Button>
    </form>
  );
}

function shareText(percent: number, ofHeld: boolean, isNothingHeld: boolean): string {
  if (!ofHeld) return `${percent}% of the buying power`;
  return isNothingHeld ? "Nothing is held; a cash account sells only what it holds" : `${percent}% of what is held`;
}
