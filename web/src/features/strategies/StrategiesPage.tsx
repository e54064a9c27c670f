import { Link, useNavigate } from "react-router";
import { useListStrategiesQuery, type StrategyMessage } from "@/api";
import { Page } from "@/app/Page";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { DataTable, type Column } from "@/tables";
import classes from "./Strategies.module.css";
import { plain, symbolsText } from "./strategy_text";

const COLUMNS: readonly Column<StrategyMessage>[] = [
  {
    id: "name",
    header: "Strategy",
    value: (each) => each.name,
    cell: (each) => <Link to={each.name}>{each.name}</Link>,
  },
  {
    id: "summary",
    header: "What it does",
    narrow: "whole",
    value: (each) => plain(each.summary),
    cell: (each) => (
      <span className={classes["summary"]} title={plain(each.summary)}>
        {plain(each.summary)}
      </span>
    ),
  },
  { id: "symbols", header: "Symbols", value: symbolsText },
  {
    id: "parameters",
    header: "Parameters",
    narrow: "whole",
    value: ({ parameters }) => parameters.map((each) => each.name).join(", "),
    cell: ({ parameters }) => (
      <span className={classes["names"]} title={parameters.map((each) => each.name).join(", ")}>
        {parameters.map((each) => each.name).join(", ")}
      </span>
    ),
  },
];

export function Component() {
  const query = useListStrategiesQuery({ limit: 500 });
  const navigate = useNavigate();
  return (
    <Page title="Strategies">
      <Loaded query={query} skeleton={<TableSkeleton rows={12} />}>
        {({ data }) => (
          <DataTable
            name="strategies"
            columns={COLUMNS}
            rows={data}
            keyOf={(each) => each.name}
            onChoose={(each) => void navigate(each.name)}
            empty={
              <Empty title="No strategy is registered" command="arbitrax strategy new NAME">
                Strategies that are built in, and those of installed packages, are listed here.
              </Empty>
            }
          />
        )}
      </Loaded>
    </Page>
  );
}
