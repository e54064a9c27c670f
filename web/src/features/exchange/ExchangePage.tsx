import { useState } from "react";
import { Link } from "react-router";
import type { ExchangeMessage } from "@/api";
import { Page, Section } from "@/app/Page";
import { CardSkeleton, ChartSkeleton, Empty, Loaded, TableSkeleton } from "@/app/states";
import { Moment } from "@/format";
import { useExchange } from "@/live";
import { DataTable, type Column } from "@/tables";
import classes from "./Exchange.module.css";
import { withSamples, type History } from "./exchange_history";
import { ShardView } from "./ShardView";

type Traded = ExchangeMessage["instruments"][number];

const NOTHING: History = new Map();

const INSTRUMENTS: readonly Column<Traded>[] = [
  {
    id: "symbol",
    header: "Symbol",
    value: (row) => row.symbol,
    cell: ({ symbol }) => <Link to={`/trade?symbol=${encodeURIComponent(symbol)}`}>{symbol}</Link>,
  },
  { id: "shard", header: "Shard", value: (row) => row.shard, kind: "decimal", digits: 0 },
  {
    id: "phase",
    header: "Session",
    value: (row) => row.phase,
    cell: ({ phase }) => <span data-state={phase === "continuous" ? "up" : "down"}>{phase ?? "not published"}</span>,
  },
  { id: "last", header: "Last", value: (row) => row.last, kind: "decimal", why: "It has not traded." },
];

export function Component() {
  const query = useExchange();
  const [history, setHistory] = useState(NOTHING);
  const [taken, setTaken] = useState<ExchangeMessage>();
  if (query.data !== undefined && query.data !== taken) {
    setTaken(query.data);
    setHistory(withSamples(history, query.data));
  }
  return (
    <Page
      title="Exchange"
      about={
        query.data === undefined ? (
          "\u00a0"
        ) : (
          <>
            as of <Moment at={query.data.as_of} />
          </>
        )
      }
    >
      <Loaded query={query} isLive skeleton={SKELETON}>
        {(exchange) => (
          <div className={classes["page"]}>
            {exchange.shards.map((shard) => (
              <ShardView key={shard.shard} shard={shard} samples={history.get(shard.shard) ?? []} />
            ))}
            <Section title="Instruments">
              <DataTable
                name="instruments"
                columns={INSTRUMENTS}
                rows={exchange.instruments}
                keyOf={(row) => row.symbol}
                withSearch={exchange.instruments.length > 10}
                empty={
                  <Empty title="Nothing is listed" command="arbitrax exchange configure">
                    What is traded and whether its session is open is shown here.
                  </Empty>
                }
              />
            </Section>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

const SKELETON = (
  <>
    <CardSkeleton />
    <ChartSkeleton height={360} />
    <TableSkeleton rows={5} />
  </>
);
