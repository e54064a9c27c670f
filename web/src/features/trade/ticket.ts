/** What is written on the order ticket, and the order that it makes. */
import type { NewOrder } from "@arbitrax/client";
import { compare, floorTo, isDecimal, isZero, minus, moved, over, plain, times } from "@/format/exact";

export type Side = "buy" | "sell";
export type TicketType = "limit" | "market" | "stop" | "stop_limit";
export type TimeInForce = "gtc" | "day" | "ioc" | "fok";

export interface Ticket {
  readonly side: Side;
  readonly type: TicketType;
  readonly timeInForce: TimeInForce;
  readonly size: string;
  readonly price: string;
  readonly stop: string;
  readonly isPostOnly: boolean;
}

/** What an order is of. */
export interface Market {
  readonly symbol: string;
  readonly tick: string;
  readonly lot: string;
}

export type TicketField = "size" | "price" | "stop";
export type TicketProblems = Readonly<Partial<Record<TicketField, string>>>;

export const NEW_TICKET: Ticket = {
  side: "buy",
  type: "limit",
  timeInForce: "gtc",
  size: "",
  price: "",
  stop: "",
  isPostOnly: false,
};

export const TIMES_OF: Readonly<Record<TicketType, readonly TimeInForce[]>> = {
  limit: ["gtc", "day", "ioc", "fok"],
  market: ["ioc", "fok"],
  stop: ["gtc", "day"],
  stop_limit: ["gtc", "day"],
};

export function hasPrice(type: TicketType): boolean {
  return type === "limit" || type === "stop_limit";
}

export function hasStop(type: TicketType): boolean {
  return type === "stop" || type === "stop_limit";
}

/** Another type, with a time in force that it may have. */
export function withType(ticket: Ticket, type: TicketType): Ticket {
  const [first = "gtc"] = TIMES_OF[type];
  const timeInForce = TIMES_OF[type].includes(ticket.timeInForce) ? ticket.timeInForce : first;
  return { ...ticket, type, timeInForce, isPostOnly: type === "limit" && ticket.isPostOnly };
}

/** What somebody chose on the ladder: bids are bought, asks are sold; the price alone keeps the side. */
export interface LadderChoice {
  readonly price: string;
  readonly side: Side | undefined;
}

/** The ticket at a price of the ladder. */
export function withChoice(ticket: Ticket, { price, side }: LadderChoice): Ticket {
  const priced = hasPrice(ticket.type) ? ticket : withType(ticket, "limit");
  return { ...priced, price, side: side ?? ticket.side };
}

/** A number as people type it: spaces and commas between thousands do not count. */
export function typed(text: string): string {
  return text.replaceAll(/[\s,  ]/g, "").replace("−", "-");
}

/** What is wrong before anybody is asked; a field that is empty is not wrong, it is missing. */
export function problemsOf(ticket: Ticket, { tick, lot }: Market): TicketProblems {
  const found: { -readonly [field in TicketField]?: string } = {};
  const size = problemOf(ticket.size, lot, "lots of");
  if (size !== undefined) found.size = size;
  if (hasPrice(ticket.type)) {
    const price = problemOf(ticket.price, tick, "ticks of");
    if (price !== undefined) found.price = price;
  }
  if (hasStop(ticket.type)) {
    const stop = problemOf(ticket.stop, tick, "ticks of");
    if (stop !== undefined) found.stop = stop;
  }
  return found;
}

/** Prices have the digits of the tick. Undefined: something is missing or wrong. */
export function orderOf(ticket: Ticket, market: Market, account: string): NewOrder | undefined {
  const { side, type, timeInForce, size, price, stop, isPostOnly } = ticket;
  const needed = [size, ...(hasPrice(type) ? [price] : []), ...(hasStop(type) ? [stop] : [])];
  if (needed.some((each) => each === "") || Object.keys(problemsOf(ticket, market)).length > 0) return undefined;
  return {
    account,
    symbol: market.symbol,
    side,
    type,
    time_in_force: timeInForce,
    quantity: plain(size),
    ...(hasPrice(type) ? { price: floorTo(price, market.tick) } : {}),
    ...(hasStop(type) ? { stop: floorTo(stop, market.tick) } : {}),
    ...(isPostOnly ? { post_only: true } : {}),
  };
}

/** A price some ticks higher or lower; from `start` when none is written yet. */
export function movedPrice(price: string, tick: string, by: number, start: string | undefined): string {
  if (price === "" || !isDecimal(price)) return start ?? "";
  const found = moved(price, tick, by);
  return compare(found, tick) < 0 ? tick : found;
}

/** The size that so many percent of a buying power pay for at a price. `factor`: what is set aside for 1 of notional. */
export function sizeOfShare(percent: number, power: string, price: string, lot: string, factor: string): string {
  if (isZero(price) || power.startsWith("-")) return "0";
  const share = over(times(power, String(percent)), "100", 12);
  return plain(floorTo(over(share, times(price, factor), 12), lot));
}

function problemOf(text: string, step: string, steps: string): string | undefined {
  if (text === "") return undefined;
  if (!isDecimal(text)) return "Write a number.";
  if (compare(text, "0") <= 0) return "It must be above 0.";
  return isZero(minus(text, floorTo(text, step))) ? undefined : `It goes in ${steps} ${plain(step)}.`;
}
