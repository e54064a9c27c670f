/** Orders that this page sent, until the account's channel tells of them: what the optimistic rows and the ticket show. */
import type { NewOrder, OrderMessage, OrderOutcome } from "@arbitrax/client";
import type { ApiError } from "@/api";

export interface SentOrder {
  readonly clientId: string;
  readonly order: NewOrder;
  /** Ms since 1970. */
  readonly at: number;
  /** `sending`: asked, not answered; `unknown`: asked again, or given up asking; `known`: see `outcome`. */
  readonly state: "sending" | "unknown" | "known" | "refused";
  /** Nobody asks any more whether it arrived. */
  readonly isGivenUp: boolean;
  readonly outcome: OrderOutcome | undefined;
  readonly error: ApiError | undefined;
}

export type SentAction =
  | { readonly type: "sent"; readonly clientId: string; readonly order: NewOrder; readonly at: number }
  | { readonly type: "known"; readonly clientId: string; readonly outcome: OrderOutcome }
  | { readonly type: "refused"; readonly clientId: string; readonly error: ApiError }
  | { readonly type: "unknown"; readonly clientId: string; readonly isGivenUp: boolean }
  | { readonly type: "forget" };

/** That are kept, the newest first. */
const MOST = 20;

export function sentReducer(before: readonly SentOrder[], action: SentAction): readonly SentOrder[] {
  switch (action.type) {
    case "forget":
      return [];
    case "sent": {
      const { clientId, order, at } = action;
      const made: SentOrder = {
        clientId,
        order,
        at,
        state: "sending",
        isGivenUp: false,
        outcome: undefined,
        error: undefined,
      };
      return [made, ...before.filter((each) => each.clientId !== clientId)].slice(0, MOST);
    }
    case "known":
      return changed(before, action.clientId, { state: "known", outcome: action.outcome, isGivenUp: false });
    case "refused":
      return changed(before, action.clientId, { state: "refused", error: action.error, isGivenUp: false });
    case "unknown":
      return changed(before, action.clientId, { state: "unknown", isGivenUp: action.isGivenUp });
  }
}

/** Orders by client order id. */
export function byClientId(orders: Iterable<OrderMessage>): ReadonlyMap<string, OrderMessage> {
  const found = new Map<string, OrderMessage>();
  for (const each of orders) if (each.client_order_id !== null) found.set(each.client_order_id, each);
  return found;
}

/** Those that no event told of yet, and that may rest: rows of their own until then. */
export function withoutEvent(
  sent: readonly SentOrder[],
  known: ReadonlyMap<string, OrderMessage>,
): readonly SentOrder[] {
  return sent.filter(
    ({ clientId, state, outcome }) =>
      !known.has(clientId) && (state === "sending" || state === "unknown" || outcome?.status === "open"),
  );
}

function changed(before: readonly SentOrder[], clientId: string, news: Partial<SentOrder>): readonly SentOrder[] {
  return before.map((each) => (each.clientId === clientId ? { ...each, ...news } : each));
}
