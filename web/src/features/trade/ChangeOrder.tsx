import { Button, Group, Popover, TextInput } from "@mantine/core";
import { useState } from "react";
import type { OrderChange, OrderMessage } from "@arbitrax/client";
import { compare, plain } from "@/format/exact";
import { isWaiting } from "./order_words";
import { movedPrice, problemsOf, NEW_TICKET, typed, type Market } from "./ticket";
import { dimmed } from "./use_next_focus";

interface ChangeOrderProps {
  readonly order: OrderMessage;
  readonly market: Market;
  readonly isUnderWay: boolean;
  readonly onChange: (order: OrderMessage, change: OrderChange) => void;
}

interface Terms {
  readonly size: string;
  readonly price: string;
  readonly stop: string;
}

/** Changes an open order's terms, if it is still as it was when this was opened. */
export function ChangeOrder({ order, market, isUnderWay, onChange }: ChangeOrderProps) {
  const [seen, setSeen] = useState<OrderMessage>();
  const [terms, setTerms] = useState<Terms>({ size: "", price: "", stop: "" });
  const waits = isWaiting(order);
  const open = () => {
    setSeen(order);
    setTerms({ size: order.quantity, price: order.price ?? "", stop: waits ? (order.stop ?? "") : "" });
  };
  const close = () => setSeen(undefined);
  const type = !waits ? "limit" : order.price === null ? "stop" : "stop_limit";
  const problems: Partial<Record<keyof Terms, string>> = { ...problemsOf({ ...NEW_TICKET, ...terms, type }, market) };
  if (problems.size === undefined && terms.size !== "" && compare(terms.size, order.filled_quantity) <= 0)
    problems.size = "So much has filled already; cancel it instead.";
  const isReady = Object.keys(problems).length === 0 && terms.size !== "";
  const submit = () => {
    if (seen === undefined || !isReady) return;
    onChange(seen, {
      quantity: plain(terms.size),
      ...(terms.price === "" ? {} : { price: plain(terms.price) }),
      ...(terms.stop === "" ? {} : { stop: plain(terms.stop) }),
    });
    close();
  };
  const field = (name: keyof Terms, label: string) => (
    <TextInput
      size="xs"
      label={label}
      inputMode="decimal"
      value={terms[name]}
      error={problems[name]}
      {...(name === "size" ? {} : { "data-autofocus": true })}
      onChange={(event) => setTerms({ ...terms, [name]: typed(event.currentTarget.value) })}
      onKeyDown={(event) => {
        const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
        if (step === undefined || name === "size") return;
        event.preventDefault();
        setTerms({ ...terms, [name]: movedPrice(terms[name], market.tick, step, undefined) });
      }}
    />
  );
  return (
    <Popover
      opened={seen !== undefined}
      onChange={(isOpen) => !isOpen && close()}
      width={220}
      trapFocus
      returnFocus
      withArrow
    >
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="default"
          {...dimmed(isUnderWay)}
          onClick={() => !isUnderWay && open()}
          aria-label={`Change order ${order.side} ${order.open_quantity} ${order.symbol}`}
        >
          Change
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Change order">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          {order.price !== null && field("price", "Price")}
          {waits && field("stop", "Trigger")}
          {field("size", "Size, with what has filled")}
          <Group justify="flex-end" mt="sm">
            <Button type="submit" size="xs" disabled={!isReady}>
              Change order
            </Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
