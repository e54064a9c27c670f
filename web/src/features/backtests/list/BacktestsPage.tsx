import { Box, Button } from "@mantine/core";
import { useMemo } from "react";
import { Link, useNavigate } from "react-router";
import { Page } from "@/app/Page";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { DataTable } from "@/tables";
import { runColumns } from "./columns";
import { RunFilters } from "./RunFilters";
import { FILTERS, MOST_ROWS, useRunList } from "./use_run_list";

export function Component() {
  const { query, filters, set, clear, chosen, toggle, isFull } = useRunList();
  const navigate = useNavigate();
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `toggle` is another each time and does the same for these
  const columns = useMemo(() => runColumns({ chosen, onToggle: toggle, isFull }), [chosen, isFull]);
  const isFiltered = FILTERS.some((each) => filters[each] !== null);
  const run = (
    <Button component={Link} to="/backtests/new">
      Run backtest
    </Button>
  );
  const filter = <RunFilters filters={filters} onFilter={set} />;
  const compare = (
    <Button
      variant="default"
      disabled={chosen.length < 2}
      title={chosen.length < 2 ? "Choose 2 to 8 finished runs by their boxes" : undefined}
      onClick={() => void navigate(`/backtests/compare?runs=${chosen.join(",")}`)}
    >
      {chosen.length < 2 ? "Compare" : `Compare ${chosen.length}`}
    </Button>
  );
  return (
    <Page
      title="Backtests"
      actions={
        <>
          {compare}
          {run}
        </>
      }
    >
      <div>
        <Box hiddenFrom="md">{filter}</Box>
        <Loaded query={query} isLive skeleton={<TableSkeleton rows={16} />}>
          {({ data, has_more: hasMore }) => (
            <DataTable
              name={hasMore ? `newest ${MOST_ROWS} runs` : "runs"}
              columns={columns}
              rows={data}
              keyOf={(each) => each.id}
              onChoose={(each) => void navigate(`/backtests/${each.id}`)}
              most={24}
              actions={<Box visibleFrom="md">{filter}</Box>}
              empty={
                isFiltered ? (
                  <>
                    <Box visibleFrom="md">{filter}</Box>
                    <Empty
                      title="No run is like this"
                      action={
                        <Button variant="default" onClick={clear}>
                          Show all runs
                        </Button>
                      }
                    >
                      Take a filter away to see others.
                    </Empty>
                  </>
                ) : (
                  <Empty title="No backtest has run yet" command="arbitrax demo" action={run}>
                    Each run is listed here with its result, and can be opened, compared and run again.
                  </Empty>
                )
              }
            />
          )}
        </Loaded>
      </div>
    </Page>
  );
}
