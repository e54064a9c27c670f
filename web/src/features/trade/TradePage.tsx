import { Select } from "@mantine/core";
import { useSearchParams } from "react-router";
import { useListInstrumentsQuery } from "@/api";
import { Page, Section } from "@/app/Page";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { OrderBook } from "./OrderBook";
import { Quotes } from "./Quotes";

export function Component() {
  const query = useListInstrumentsQuery({ limit: 500 });
  const [search, setSearch] = useSearchParams();
  return (
    <Loaded
      query={query}
      skeleton={
        <Page title="Trade">
          <TableSkeleton rows={20} />
        </Page>
      }
    >
      {({ data }) => {
        const traded = data.filter((each) => each.trading !== null).map((each) => each.symbol);
        const symbol = search.get("symbol") ?? traded[0];
        if (symbol === undefined) {
          return (
            <Page title="Trade">
              <Empty title="Nothing can be traded yet" command="arbitrax exchange configure">
                The book, the tape and your orders are shown here as soon as the paper exchange lists a market.
              </Empty>
            </Page>
          );
        }
        const choice = (
          <Select
            aria-label="Symbol"
            data={traded}
            value={symbol}
            searchable
            allowDeselect={false}
            onChange={(chosen) => chosen !== null && setSearch({ symbol: chosen }, { replace: true })}
          />
        );
        return (
          <Page title={symbol} actions={choice}>
            <Quotes symbol={symbol} />
            <Section title="Book">
              <OrderBook symbol={symbol} />
            </Section>
          </Page>
        );
      }}
    </Loaded>
  );
}
