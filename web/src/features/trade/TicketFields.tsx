import { TextInput } from "@mantine/core";
import type { KeyboardEvent } from "react";
import classes from "./OrderTicket.module.css";
import {
  FIELDS_OF,
  movedPrice,
  typed,
  type Market,
  type PriceField,
  type Ticket,
  type TicketField,
  type TicketProblems,
} from "./ticket";

interface TicketFieldsProps {
  readonly ticket: Ticket;
  readonly market: Market;
  readonly problems: TicketProblems;
  readonly onWrite: (news: Partial<Ticket>) => void;
  /** Where a price begins that is moved before one is written: the best of its own side. */
  readonly start: string | undefined;
}

const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 } as const;

/** The fields that an order of the chosen type needs besides its size. */
export function TicketFields(props: TicketFieldsProps) {
  const { type } = props.ticket;
  const fields = FIELDS_OF[type];
  if (fields.length === 0) return <TextInput size="xs" label="Price" value="Best there is" disabled />;
  return (
    <div className={fields.length > 1 ? classes["pair"] : undefined}>
      {fields.map((field) => (
        <TicketInput key={field} {...props} field={field} label={labelOf(field, props.ticket)} />
      ))}
    </div>
  );
}

interface TicketInputProps extends TicketFieldsProps {
  readonly field: TicketField;
  readonly label: string;
}

/** A number of the ticket; one of prices is moved by ticks with the arrow keys. */
export function TicketInput({ ticket, market, problems, onWrite, start, field, label }: TicketInputProps) {
  const isPrice = field !== "size" && field !== "display";
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = event.key in STEPS ? STEPS[event.key as keyof typeof STEPS] : undefined;
    if (step === undefined || !isPrice) return;
    event.preventDefault();
    onWrite({ [field]: movedPrice(ticket[field], market.tick, step, beginOf(field, market, start)) });
  };
  return (
    <TextInput
      size="xs"
      label={label}
      inputMode="decimal"
      autoComplete="off"
      value={ticket[field]}
      error={problems[field]}
      {...(field === "offset" ? { placeholder: "0" } : {})}
      {...(isPrice ? { onKeyDown, title: "Up and down move it by a tick, Page Up and Down by ten" } : {})}
      onChange={(event) => onWrite({ [field]: typed(event.currentTarget.value) })}
    />
  );
}

function beginOf(field: PriceField, { tick }: Market, start: string | undefined): string | undefined {
  return field === "distance" || field === "offset" ? tick : start;
}

function labelOf(field: TicketField, { type, side }: Ticket): string {
  if (field === "price" && type === "peg") return side === "buy" ? "Price at most" : "Price at least";
  return LABELS[field];
}

const LABELS: Readonly<Record<TicketField, string>> = {
  size: "Size",
  price: "Price",
  stop: "Trigger",
  distance: "Trailing distance",
  display: "Display",
  offset: "Behind the best",
};
