/** Requests about orders that the generated ones do not make: a change only as seen, a dry run that changes nothing. */
import type { NewOrder, OrderChange, OrderMessage, OrderOutcome, ValidationMessage } from "@arbitrax/client";
import { api, type ApiError } from "@/api";

export interface Change {
  /** As it was seen. */
  readonly order: OrderMessage;
  readonly change: OrderChange;
}

const CHANGED: ApiError = {
  code: "conflict.changed",
  detail: "The order changed meanwhile; look at it and change it again.",
  status: 412,
  retryable: false,
  fields: [],
  requestId: null,
};

const changes = api.injectEndpoints({
  endpoints: (build) => ({
    changeSeenOrder: build.mutation<OrderOutcome, Change>({
      queryFn: async ({ order, change }, _, __, ask) => {
        const url = `/api/v1/orders/${encodeURIComponent(order.id)}`;
        const params = { account: order.account };
        const found = await ask({ url, params });
        if (found.error !== undefined) return { error: found.error };
        const etag = found.meta?.etag ?? null;
        if (etag === null || !isAsSeen(found.data as OrderMessage, order)) return { error: CHANGED };
        const done = await ask({ url, method: "PATCH", params, body: change, headers: { "If-Match": etag } });
        return done.error === undefined ? { data: done.data as OrderOutcome } : { error: done.error };
      },
      invalidatesTags: ["orders"],
    }),
    // Nothing changes by it, so nothing is asked for anew.
    judgeOrder: build.mutation<ValidationMessage, NewOrder>({
      query: (body) => ({ url: "/api/v1/orders/validations", method: "POST", body }),
    }),
  }),
});

export const { useChangeSeenOrderMutation, useJudgeOrderMutation } = changes;

/** What filled meanwhile matters too: the quantity that is sent is a total. */
export function isAsSeen(found: OrderMessage, seen: OrderMessage): boolean {
  const fields = ["status", "price", "stop", "quantity", "filled_quantity"] as const;
  return fields.every((each) => found[each] === seen[each]);
}
