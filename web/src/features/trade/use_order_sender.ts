/** Sends orders, each under a client order id of its own: the same again, when nobody knows what became of it. */
import { newClientOrderId, type NewOrder } from "@arbitrax/client";
import { useCallback, useEffect, useReducer, useRef } from "react";
import { isApiError, useAddOrderMutation, type ApiError } from "@/api";
import { sentReducer, type SentOrder } from "./sent_orders";

/** Asked again within this; an order that would enter later may not be meant any more, so then somebody decides. */
const PATIENCE_MS = 15_000;
const AGAIN_MS = 1_000;
/** The same within this is a double click, or a key that is held. */
const TWICE_MS = 500;

export interface OrderSender {
  readonly sent: readonly SentOrder[];
  /** Meant once, however often it is clicked before the answer. */
  readonly send: (order: NewOrder) => void;
  /** Send one again whose outcome is not known: it is executed once, however often. */
  readonly sendAgain: (sent: SentOrder) => void;
}

export function useOrderSender(account: string | undefined): OrderSender {
  const [sent, dispatch] = useReducer(sentReducer, []);
  const [add] = useAddOrderMutation();
  const turn = useRef(0);
  useEffect(
    () => () => {
      turn.current += 1;
      dispatch({ type: "forget" });
    },
    [account],
  );
  const submit = useCallback(
    async (order: NewOrder, clientId: string) => {
      const mine = turn.current;
      dispatch({ type: "sent", clientId, order, at: Date.now() });
      for (const end = Date.now() + PATIENCE_MS; mine === turn.current;) {
        const answer = await add({ "Idempotency-Key": clientId, newOrder: { ...order, client_order_id: clientId } });
        if (mine !== turn.current) return;
        if (answer.error !== undefined && isApiError(answer.error) && !isDoubtful(answer.error)) {
          dispatch({ type: "refused", clientId, error: answer.error });
          return;
        }
        if (answer.data !== undefined && answer.data.status !== "unknown") {
          dispatch({ type: "known", clientId, outcome: answer.data });
          return;
        }
        const isGivenUp = Date.now() > end;
        dispatch({ type: "unknown", clientId, isGivenUp });
        if (isGivenUp) return;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    },
    [add],
  );
  const last = useRef({ text: "", at: 0, isUnderWay: false });
  const send = useCallback(
    (order: NewOrder) => {
      const [text, now] = [JSON.stringify(order), Date.now()];
      const { current: before } = last;
      const isTwice = before.text === text && (before.isUnderWay || now - before.at < TWICE_MS);
      before.at = now;
      if (isTwice) return;
      const mine = { text, at: now, isUnderWay: true };
      last.current = mine;
      void submit(order, newClientOrderId()).finally(() => {
        mine.isUnderWay = false;
      });
    },
    [submit],
  );
  const sendAgain = useCallback(({ order, clientId }: SentOrder) => void submit(order, clientId), [submit]);
  return { sent, send, sendAgain };
}

/** Whether an order may have arrived although an error says that it did not. */
function isDoubtful({ code, retryable, status }: ApiError): boolean {
  return code === "gateway.unreachable" || (retryable && status >= 500);
}
