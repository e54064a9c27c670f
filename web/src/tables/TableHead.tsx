import type { SortingState } from "@tanstack/react-table";
import { ArrowDown, ArrowUp } from "lucide-react";
import { isRight, type Column } from "./columns";
import classes from "./DataTable.module.css";

interface TableHeadProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly sorting: SortingState;
  readonly onSort: (column: string) => void;
}

/** Headings that sort. */
export function TableHead<Row>({ columns, sorting, onSort }: TableHeadProps<Row>) {
  return (
    <thead role="rowgroup">
      <tr role="row">
        {columns.map((column) => {
          const order = sorting.find((each) => each.id === column.id);
          const Arrow = order?.desc === true ? ArrowDown : ArrowUp;
          return (
            <th
              key={column.id}
              role="columnheader"
              scope="col"
              data-right={isRight(column) || undefined}
              style={{ width: column.width }}
              {...(column.header === "" ? { "aria-label": "Actions" } : {})}
              aria-sort={order === undefined ? "none" : order.desc ? "descending" : "ascending"}
            >
              {column.header !== "" && (
                <button type="button" onClick={() => onSort(column.id)}>
                  {column.header} {column.unit !== undefined && <span className={classes["unit"]}>{column.unit}</span>}
                  {order !== undefined && <Arrow size={12} aria-hidden />}
                </button>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
