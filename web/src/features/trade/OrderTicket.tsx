import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import type { NewOrder } from "@arbitrax/client";
import type { AccountDetail } from "@/api";
import { isDecimal, isZero, over, times } from "@/format/exact";
import classes from "./OrderTicket.module.css";
import {
  hasPrice,
  hasStop,
  movedPrice,
  NEW_TICKET,
  orderOf,
  problemsOf,
  sizeOfShare,
  TIMES_OF,
  typed,
  withChoice,
  withType,
  type LadderChoice,
  type Market,
  type Ticket,
  type TicketField,
  type TicketType,
  type TimeInForce,
} from "./ticket";
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
];
const TIMES: Readonly<Record<TimeInForce, string>> = {
  gtc: "Until cancelled",
  day: "Day",
  ioc: "At once or cancel",
  fok: "All at once",
};
const SHARES = [10, 25, 50, 100];

/** The order ticket: what the exchange would say of it is told while it is typed; sending takes one more click or Enter. */
export function OrderTicket(props: OrderTicketProps) {
  const { market, account, currency, choice, held, bestPrice, averagePrice, onSend } = props;
  const [ticket, setTicket] = useState<Ticket>(NEW_TICKET);
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
  const order = account === undefined ? undefined : orderOf(ticket, market, account.id);
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
  const onStep = (field: "price" | "stop") => (event: KeyboardEvent<HTMLInputElement>) => {
    const step = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    set({ [field]: movedPrice(ticket[field], market.tick, step, bestPrice(ticket.side === "buy" ? "sell" : "buy")) });
  };
  const input = (field: TicketField, label: string, steps: boolean) => (
    <TextInput
      size="xs"
      label={label}
      inputMode="decimal"
      autoComplete="off"
      value={ticket[field]}
      error={problems[field]}
      onChange={(event) => set({ [field]: typed(event.currentTarget.value) })}
      {...(steps
        ? {
            onKeyDown: onStep(field as "price" | "stop"),
            title: "Up and down move it by a tick, Page Up and Down by ten",
          }
        : {})}
    />
  );
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
      {input("size", "Size", false)}
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
              title={ofHeld ? `${percent}% of what is held` : `${percent}% of the buying power`}
              onClick={() => size !== undefined && set({ size })}
            >
              {percent}%
            </button>
          );
        })}
      </div>
      <div className={hasStop(ticket.type) && hasPrice(ticket.type) ? classes["pair"] : undefined}>
        {hasStop(ticket.type) && input("stop", "Trigger", true)}
        {hasPrice(ticket.type) && input("price", "Price", true)}
        {!hasStop(ticket.type) && !hasPrice(ticket.type) && (
          <TextInput size="xs" label="Price" value="Best there is" disabled />
        )}
      </div>
      <Checkbox
        size="xs"
        label="Post only: never take"
        disabled={ticket.type !== "limit"}
        checked={ticket.isPostOnly}
        onChange={(event) => set({ isPostOnly: event.currentTarget.checked })}
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
