import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { DataTable } from "@/tables";
import { COLUMNS } from "./columns";
import { useIngestions } from "./use_ingestions";

/** What was brought, is being brought, and what failed. */
export function Ingestions() {
  const query = useIngestions();
  return (
    <Loaded query={query} isLive skeleton={<TableSkeleton rows={4} />}>
      {({ data }) => (
        <DataTable
          name="ingestions"
          columns={COLUMNS}
          rows={data}
          keyOf={(each) => each.id}
          most={12}
          withSearch={data.length > 12}
          empty={
            <Empty title="Nothing was ingested yet" command="arbitrax data ingest AAPL --from 2015-01-01">
              Prices that are brought from a vendor or sent as a file are shown here as they come, with what was set
              aside and why one failed.
            </Empty>
          }
        />
      )}
    </Loaded>
  );
}
