import { Button } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { DataTable } from "@/tables";
import { useAllSeries } from "../requests";
import { pathOf } from "../series/series_path";
import { COLUMNS } from "./columns";

/** What bars are stored, and how far they can be trusted. */
export function Catalogue() {
  const query = useAllSeries(undefined);
  const navigate = useNavigate();
  return (
    <Loaded query={query} isLive skeleton={<TableSkeleton rows={6} />}>
      {(series) => (
        <DataTable
          name="series"
          columns={COLUMNS}
          rows={series}
          keyOf={(each) => `${each.symbol} ${each.interval}`}
          sort={{ by: "symbol", isDescending: false }}
          onChoose={(each) => void navigate(pathOf(each))}
          empty={
            <Empty
              title="No prices are stored yet"
              command="arbitrax data import --samples"
              action={
                <Button component={Link} to="/welcome">
                  Load the sample prices
                </Button>
              }
            >
              Each series is listed here with its range, its gaps and how far its quality can be trusted.
            </Empty>
          }
        />
      )}
    </Loaded>
  );
}
