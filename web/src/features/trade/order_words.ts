/** An order's kind and time in force as the desk writes them. */

/** "trailing stop" */
export function typeText(type: string | null): string {
  return (type ?? "").replaceAll("_", " ");
}

/** "GTC", as traders write it. */
export function timeText(timeInForce: string | null): string {
  return timeInForce === "day" ? "day" : (timeInForce ?? "").toUpperCase();
}
