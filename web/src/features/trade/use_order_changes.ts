/** Cancelling and changing open orders: what is under way is shown at once, events tell when it is so. */
import type { OrderChange, OrderMessage } from "@arbitrax/client";
import { useCallback, useState } from "react";
import { notifications } from "@mantine/notifications";
import { sentenceOf, useCancelOrderMutation } from "@/api";
import { useChangeSeenOrderMutation } from "./order_requests";

const UNTIL_EVENT_MS = 1_000;

export interface UnderWay {
  readonly what: "cancelling" | "changing";
  /** The terms that were asked for. */
  readonly change: OrderChange | undefined;
}

export interface OrderChanges {
  /** By the order's id. */
  readonly underWay: ReadonlyMap<string, UnderWay>;
  readonly cancel: (order: OrderMessage) => void;
  readonly change: (order: OrderMessage, change: OrderChange) => void;
}

export function useOrderChanges(): OrderChanges {
  const [underWay, setUnderWay] = useState<ReadonlyMap<string, UnderWay>>(new Map());
  const [askCancel] = useCancelOrderMutation();
  const [askChange] = useChangeSeenOrderMutation();
  const during = useCallback(async (order: OrderMessage, way: UnderWay, asked: () => Promise<{ error?: unknown }>) => {
    setUnderWay((before) => new Map(before).set(order.id, way));
    const { error } = await asked();
    const done = () =>
      setUnderWay((before) => {
        const left = new Map(before);
        if (left.get(order.id) === way) left.delete(order.id);
        return left;
      });
    if (error === undefined) {
      setTimeout(done, UNTIL_EVENT_MS); // by then the event has told, and nothing jumps back in between
      return;
    }
    done();
    const title = way.what === "cancelling" ? "The order was not cancelled" : "The order was not changed";
    notifications.show({ color: "yellow", title, message: sentenceOf(error), autoClose: 8_000 });
  }, []);
  const cancel = useCallback(
    (order: OrderMessage) =>
      void during(order, { what: "cancelling", change: undefined }, () =>
        askCancel({ order: order.id, account: order.account }),
      ),
    [during, askCancel],
  );
  const change = useCallback(
    (order: OrderMessage, wanted: OrderChange) =>
      void during(order, { what: "changing", change: wanted }, () => askChange({ order, change: wanted })),
    [during, askChange],
  );
  return { underWay, cancel, change };
}
