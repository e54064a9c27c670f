import { Navigate, useParams } from "react-router";
import { Page } from "@/app/Page";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { useAllSeries } from "../requests";
import { pathOf } from "./series_path";

/** Leads to the first series of a symbol. */
export function Component() {
  const { symbol = "" } = useParams();
  const query = useAllSeries(undefined);
  return (
    <Loaded
      query={query}
      skeleton={
        <Page title={symbol}>
          <TableSkeleton />
        </Page>
      }
    >
      {(series) => {
        const found = series.find((each) => each.symbol === symbol);
        if (found !== undefined) return <Navigate to={pathOf(found)} replace />;
        return (
          <Page title={symbol}>
            <Empty
              title={`No bars of ${symbol} are stored`}
              command={`arbitrax data ingest ${symbol} --from 2015-01-01`}
            />
          </Page>
        );
      }}
    </Loaded>
  );
}
