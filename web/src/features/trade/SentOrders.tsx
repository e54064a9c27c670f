import type { OrderMessage } from "@arbitrax/client";
import { sentenceOf } from "@/api";
import { figureText, usePreferences, type Clock } from "@/format";
import { isZero, plain } from "@/format/exact";
import classes from "./OrderTicket.module.css";
import { termsOf } from "./order_words";
import type { SentOrder } from "./sent_orders";

interface SentOrdersProps {
  readonly sent: readonly SentOrder[];
  /** Orders of the account by client order id, as events told. */
  readonly known: ReadonlyMap<string, OrderMessage>;
  readonly onAgain: (sent: SentOrder) => void;
}

const MOST = 3;

/** What became of the last orders, below the button that sent them. */
export function SentOrders({ sent, known, onAgain }: SentOrdersProps) {
  const { clock } = usePreferences();
  return (
    <ol className={classes["sent"]} aria-label="Sent orders" aria-live="polite">
      {sent.slice(0, MOST).map((each) => {
        const found = told(each, known.get(each.clientId));
        return (
          <li key={each.clientId} title={`Client order id ${each.clientId}`}>
            {wordsOf(each, clock)}
            <p data-state={found.state}>
              {found.text}{" "}
              {each.isGivenUp && found.state === "unknown" && (
                <button type="button" onClick={() => onAgain(each)}>
                  Send it again
                </button>
              )}
            </p>
          </li>
        );
      })}
    </ol>
  );
}

export function wordsOf({ order }: SentOrder, clock: Clock): string {
  const size = figureText(order.quantity ?? "");
  const bound = order.type !== "peg" ? "at" : order.side === "buy" ? "pegged, at most" : "pegged, at least";
  const terms: readonly (readonly [string | null | undefined, (text: string) => string])[] = [
    [order.price, (text) => ` ${bound} ${text}`],
    [order.stop, (text) => `, trigger ${text}`],
  ];
  const said = terms.map(([term, say]) => (term == null ? "" : say(figureText(term))));
  const more = termsOf(order, clock).map((text) => `, ${text}`);
  return `${order.side === "buy" ? "Buy" : "Sell"} ${size} ${order.symbol}${[...said, ...more].join("")}`;
}

/** What is known of an order that was sent: events say more than the answer, and may come before it. */
export function told(sent: SentOrder, order: OrderMessage | undefined): { state: string; text: string } {
  if (order !== undefined) return ofOrder(order);
  switch (sent.state) {
    case "sending":
      return { state: "sending", text: "Sending…" };
    case "unknown":
      return {
        state: "unknown",
        text: sent.isGivenUp
          ? "What became of it is not known. Sent again, it is executed once."
          : "What became of it is not known yet; asking again…",
      };
    case "refused":
      return { state: "refused", text: `Refused: ${sentenceOf(sent.error)}` };
    case "known":
      return ofOutcome(sent);
  }
}

function ofOrder(order: OrderMessage): { state: string; text: string } {
  const { status, filled_quantity: filled, open_quantity: open, average_price: average, reason } = order;
  const at = average === null ? "" : ` at ${figureText(plain(average))}`;
  const part = isZero(filled) ? "" : `${figureText(filled)} filled${at}`;
  switch (status) {
    case "open":
      return { state: "open", text: [part, `${figureText(open)} open`].filter(Boolean).join(", ") };
    case "filled":
      return { state: "filled", text: `Filled${at}` };
    case "cancelled":
      return { state: "cancelled", text: [part, `cancelled (${because(reason)})`].filter(Boolean).join(", ") };
    case "refused":
      return { state: "refused", text: `Refused (${because(reason)})` };
  }
}

function ofOutcome({ outcome }: SentOrder): { state: string; text: string } {
  const [open, filled] = [outcome?.open_quantity ?? "0", outcome?.filled_quantity ?? "0"];
  if (outcome?.status === "open") {
    const part = isZero(filled) ? [] : [`${figureText(filled)} filled`];
    return { state: "open", text: [...part, `${figureText(open)} open`].join(", ") };
  }
  if (outcome?.status === "filled") return { state: "filled", text: "Filled" };
  return { state: outcome?.status ?? "", text: `${outcome?.status ?? ""} (${because(outcome?.reason ?? null)})` };
}

/** "ended.by_owner" says enough as "by owner". */
export function because(reason: string | null): string {
  return (reason ?? "").replace(/^[a-z]+\./, "").replaceAll("_", " ");
}
