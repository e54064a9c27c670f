/** An order's kind, time in force and further terms as the desk writes them. */
import type { OrderMessage } from "@arbitrax/client";
import { figureText, formatTime, type Clock } from "@/format";

/** What an order says that has no column of its own; of one that is sent, and of one that is told. */
export interface Terms {
  readonly distance?: string | null | undefined;
  readonly display?: string | null | undefined;
  readonly offset?: string | null | undefined;
  readonly expires_at?: string | null | undefined;
  readonly reduce_only?: boolean | undefined;
}

/** "trailing stop" */
export function typeText(type: string | null): string {
  return (type ?? "").replaceAll("_", " ");
}

/** "GTC", as traders write it. */
export function timeText(timeInForce: string | null): string {
  return timeInForce === "day" ? "day" : (timeInForce ?? "").toUpperCase();
}

/** Whether an order waits for a trigger that is known, and so is not in the book; that of a trailing stop is not told. */
export function isWaiting({ stop, triggered_at: triggered }: Pick<OrderMessage, "stop" | "triggered_at">): boolean {
  return stop !== null && triggered === null;
}

const WHOLE_MINUTE = /:00(\.0+)?Z$/;

/** ["2 shown", "until 2026-12-01 09:30", "reduce only"] */
export function termsOf({ distance, display, offset, expires_at: end, reduce_only }: Terms, clock: Clock): string[] {
  return [
    distance == null ? "" : `trailing by ${figureText(distance)}`,
    display == null ? "" : `${figureText(display)} shown`,
    offset == null ? "" : `${figureText(offset)} behind the best`,
    end == null ? "" : `until ${formatTime(end, clock, WHOLE_MINUTE.test(end) ? "minute" : "second")}`,
    reduce_only === true ? "reduce only" : "",
  ].filter(Boolean);
}
