import { useMemo } from "react";
import { useGetBacktestAccountQuery, type AccountEvent, type EventTotalMessage, type RunAccount } from "@/api";
import { Section } from "@/app/Page";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import type { TimeRange } from "@/charts";
import { formatCount, usePrinting } from "@/format";
import { DataTable, type Column } from "@/tables";
import { amountOf, isRare, whatOf } from "./account";
import classes from "./Result.module.css";
import { words } from "./trades";

interface EventsTabProps {
  readonly backtest: string;
  readonly range: TimeRange | undefined;
  readonly hasTimes: boolean;
}

type EventRow = AccountEvent & { readonly number: number };
const NO_MONEY = "It moves no money.";
const TOTALS: readonly Column<EventTotalMessage>[] = [
  { id: "event", header: "Event", value: (each) => words(each.event) },
  { id: "events", header: "Times", value: (each) => each.events, kind: "decimal", digits: 0 },
  { id: "amount", header: "Amount", value: (each) => each.amount, why: NO_MONEY, ...money() },
];

/** What happened to the account besides trades: margin calls and what it was forced to, dividends, interest, fees. */
export function EventsTab({ backtest, range, hasTimes }: EventsTabProps) {
  const query = useGetBacktestAccountQuery({ backtest });
  return (
    <Loaded query={query} skeleton={<TableSkeleton rows={12} />}>
      {(account) => <Events account={account} range={range} hasTimes={hasTimes} />}
    </Loaded>
  );
}

function Events({ account, range, hasTimes }: Omit<EventsTabProps, "backtest"> & { readonly account: RunAccount }) {
  const { totals, events } = account;
  const isPrinting = usePrinting();
  const told = useMemo(() => events.map((each, number) => ({ ...each, number })), [events]);
  const rows = isPrinting ? told.filter(isRare) : told;
  const all = totals.reduce((sum, each) => sum + each.events, 0);
  if (all === 0)
    return (
      <Empty title="Nothing happened to the account besides trades">
        It had no dividends, interest, borrow fees or margin calls.
      </Empty>
    );
  return (
    <div className={classes["parts"]}>
      <Section title="What happened, counted">
        <DataTable
          name="events counted"
          columns={TOTALS}
          rows={totals}
          keyOf={(each) => each.event}
          withSearch={false}
          empty={null}
        />
      </Section>
      {!(isPrinting && rows.length === 0) && (
        <Section title="Each of them">
          {rows.length < all && (
            <p className={classes["cut"]} role="note">
              {formatCount(rows.length)} of {formatCount(all)} are here: interest, fees and dividends are left out
              before the others, the latest first. The run’s table of events has all.
            </p>
          )}
          <DataTable
            name="events"
            columns={columns(hasTimes)}
            rows={within(rows, range)}
            keyOf={(each) => String(each.number)}
            empty={
              <Empty
                title={rows.length < all ? "None of those that are here lies in this part" : "No event lies here"}
              />
            }
          />
        </Section>
      )}
    </div>
  );
}

function money() {
  return { kind: "decimal", digits: 2, signed: true } as const;
}

function columns(hasTimes: boolean): readonly Column<EventRow>[] {
  return [
    { id: "time", header: "Time", value: (each) => each.time, kind: "time", precision: hasTimes ? "minute" : "day" },
    { id: "event", header: "Event", narrow: "title", value: (each) => words(each.event) },
    { id: "symbol", header: "Symbol", value: (each) => each.symbol, why: "It is of the whole account." },
    { id: "what", header: "What", narrow: "whole", value: whatOf },
    { id: "amount", header: "Amount", value: amountOf, why: NO_MONEY, ...money() },
  ];
}

function within(events: readonly EventRow[], range: TimeRange | undefined): readonly EventRow[] {
  if (range === undefined) return events;
  return events.filter((each) => {
    const time = Date.parse(each.time) / 1000;
    return time >= range.from && time <= range.to;
  });
}
