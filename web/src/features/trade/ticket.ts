/** What is written on the order ticket, and the order that it makes. */
import type { NewOrder } from "@arbitrax/client";
import { timeShown, type Clock } from "@/format";
import { compare, floorTo, isDecimal, isZero, minus, moved, over, plain, times } from "@/format/exact";

export type Side = "buy" | "sell";
export type TicketType = "limit" | "market" | "stop" | "stop_limit" | "trailing_stop" | "iceberg" | "peg";
export type TimeInForce = "gtc" | "day" | "gtd" | "ioc" | "fok";

export interface Ticket {
  readonly side: Side;
  readonly type: TicketType;
  readonly timeInForce: TimeInForce;
  readonly size: string;
  readonly price: string;
  readonly stop: string;
  /** A trailing stop's: how far behind the price its trigger follows. */
  readonly distance: string;
  /** An iceberg's: how much of it the book shows at a time. */
  readonly display: string;
  /** A peg's: how far behind the best price of its side it stays; empty: 0. */
  readonly offset: string;
  /** Of gtd: when it ends, as the page's clock shows it, 2026-12-01T09:30. */
  readonly until: string;
  readonly isPostOnly: boolean;
  readonly isReduceOnly: boolean;
}

/** What an order is of. */
export interface Market {
  readonly symbol: string;
  readonly tick: string;
  readonly lot: string;
}

export type PriceField = "price" | "stop" | "distance" | "offset";
export type TicketField = PriceField | "size" | "display";
export type TicketProblems = Readonly<Partial<Record<TicketField, string>>>;

export const NEW_TICKET: Ticket = {
  side: "buy",
  type: "limit",
  timeInForce: "gtc",
  size: "",
  price: "",
  stop: "",
  distance: "",
  display: "",
  offset: "",
  until: "",
  isPostOnly: false,
  isReduceOnly: false,
};

const RESTING: readonly TimeInForce[] = ["gtc", "day", "gtd"];

export const TIMES_OF: Readonly<Record<TicketType, readonly TimeInForce[]>> = {
  limit: [...RESTING, "ioc", "fok"],
  market: ["ioc", "fok"],
  stop: RESTING,
  stop_limit: RESTING,
  trailing_stop: RESTING,
  iceberg: RESTING,
  peg: RESTING,
};

/** What a type needs besides a size; the exchange refuses any other. */
export const FIELDS_OF: Readonly<Record<TicketType, readonly Exclude<TicketField, "size">[]>> = {
  limit: ["price"],
  market: [],
  stop: ["stop"],
  stop_limit: ["stop", "price"],
  trailing_stop: ["distance"],
  iceberg: ["price", "display"],
  peg: ["price", "offset"],
};

export function hasPrice(type: TicketType): boolean {
  return FIELDS_OF[type].includes("price");
}

/** Whether an order can refuse to take: what may rest at a price of its own. */
export function canBePostOnly({ type, timeInForce }: Pick<Ticket, "type" | "timeInForce">): boolean {
  return hasPrice(type) && type !== "peg" && RESTING.includes(timeInForce);
}

/** Another type, with a time in force that it may have. */
export function withType(ticket: Ticket, type: TicketType): Ticket {
  const [first = "gtc"] = TIMES_OF[type];
  const timeInForce = TIMES_OF[type].includes(ticket.timeInForce) ? ticket.timeInForce : first;
  return { ...ticket, type, timeInForce };
}

/** What somebody chose on the ladder: bids are bought, asks are sold; the price alone keeps the side. */
export interface LadderChoice {
  readonly price: string;
  readonly side: Side | undefined;
}

/** The ticket at a price of the ladder. */
export function withChoice(ticket: Ticket, { price, side }: LadderChoice): Ticket {
  const priced = hasPrice(ticket.type) && ticket.type !== "peg" ? ticket : withType(ticket, "limit");
  return { ...priced, price, side: side ?? ticket.side };
}

/** A number as people type it: spaces and commas between thousands do not count. */
export function typed(text: string): string {
  return text.replaceAll(/[\s,  ]/g, "").replace("−", "-");
}

/** What is wrong before anybody is asked; a field that is empty is not wrong, it is missing. */
export function problemsOf(ticket: Ticket, { tick, lot }: Market): TicketProblems {
  const found: { -readonly [field in TicketField]?: string } = {};
  for (const field of ["size", ...FIELDS_OF[ticket.type]] as const) {
    const isSize = field === "size" || field === "display";
    const problem = problemOf(ticket[field], isSize ? lot : tick, isSize ? "lots of" : "ticks of", field === "offset");
    if (problem !== undefined) found[field] = problem;
  }
  const isIceberg = ticket.type === "iceberg" && ticket.size !== "" && ticket.display !== "";
  if (isIceberg && found.size === undefined && found.display === undefined && compare(ticket.display, ticket.size) > 0)
    found.display = "It is more than the size.";
  return found;
}

/** Prices have the digits of the tick. Undefined: something is missing or wrong. */
export function orderOf(ticket: Ticket, market: Market, account: string, clock: Clock): NewOrder | undefined {
  const { side, type, timeInForce, size, isPostOnly, isReduceOnly } = ticket;
  const fields = FIELDS_OF[type];
  const needed = [size, ...fields.filter((each) => each !== "offset").map((each) => ticket[each])];
  if (needed.includes("") || Object.keys(problemsOf(ticket, market)).length > 0) return undefined;
  const end = timeInForce === "gtd" ? timeShown(ticket.until, clock) : undefined;
  if (timeInForce === "gtd" && end === undefined) return undefined;
  const inTicks = (field: PriceField) =>
    fields.includes(field) ? { [field]: floorTo(ticket[field] || "0", market.tick) } : {};
  return {
    account,
    symbol: market.symbol,
    side,
    type,
    time_in_force: timeInForce,
    ...(end === undefined ? {} : { expires_at: end }),
    quantity: plain(size),
    ...inTicks("price"),
    ...inTicks("stop"),
    ...inTicks("distance"),
    ...inTicks("offset"),
    ...(type === "iceberg" ? { display: plain(ticket.display) } : {}),
    ...(isPostOnly && canBePostOnly(ticket) ? { post_only: true } : {}),
    ...(isReduceOnly ? { reduce_only: true } : {}),
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

function problemOf(text: string, step: string, steps: string, mayBeZero: boolean): string | undefined {
  if (text === "") return undefined;
  if (!isDecimal(text)) return "Write a number.";
  const side = compare(text, "0");
  if (side < 0 && mayBeZero) return "It is 0 or more.";
  if (side <= 0 && !mayBeZero) return "It must be above 0.";
  return isZero(minus(text, floorTo(text, step))) ? undefined : `It goes in ${steps} ${plain(step)}.`;
}
