/** Own orders as lines of the chart: where they rest or will, and where stops are triggered. */
import type { OrderChange, OrderMessage } from "@arbitrax/client";
import type { OrderLine } from "@/charts";
import { figureText } from "@/format";
import { isWaiting } from "./order_words";
import type { UnderWay } from "./use_order_changes";

/** What a line that is dragged changes of its order. */
export type Moved = Pick<OrderChange, "price" | "stop">;

export interface OwnLine extends OrderLine {
  readonly order: OrderMessage;
  readonly moves: keyof Moved;
}

export function orderLines(
  orders: ReadonlyMap<string, OrderMessage>,
  underWay: ReadonlyMap<string, UnderWay>,
  symbol: string,
): readonly OwnLine[] {
  return [...orders.values()]
    .filter((each) => each.status === "open" && each.symbol === symbol)
    .flatMap((each) => linesOf(each, underWay.get(each.id)));
}

/** A change of the order as it is that moves one of its lines. */
export function changeBy(order: OrderMessage, moved: Moved): OrderChange {
  const { quantity, price, stop } = order;
  return {
    quantity,
    ...(price === null ? {} : { price }),
    ...(isWaiting(order) ? { stop } : {}),
    ...moved,
  };
}

function linesOf(order: OrderMessage, way: UnderWay | undefined): readonly OwnLine[] {
  const waits = isWaiting(order);
  const words = `${order.side} ${figureText(order.open_quantity)}`;
  const line = (moves: keyof Moved, title: string): readonly OwnLine[] => {
    const price = way?.change?.[moves] ?? order[moves];
    const [id, isTrigger] = [`${order.id} ${moves}`, moves === "stop"];
    if (price === null) return [];
    return [{ id, price: Number(price), side: order.side, title, isTrigger, isFixed: way !== undefined, order, moves }];
  };
  const kind = waits ? "limit " : order.type === "peg" ? "peg " : "";
  return [...(waits ? line("stop", `stop ${words}`) : []), ...line("price", `${kind}${words}`)];
}
