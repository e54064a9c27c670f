import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import {
  columnFilteringFeature,
  createFilteredRowModel,
  createSortedRowModel,
  globalFilteringFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type SortingState,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Download, Search } from "lucide-react";
import { useDeferredValue, useMemo, useRef, useState, type ReactNode } from "react";
import { formatCount } from "@/format";
import { Cell } from "./Cell";
import { compareValues, isRight, type CellValue, type Column } from "./columns";
import { csvOf, download } from "./csv";
import classes from "./DataTable.module.css";

const ROW_HEIGHT = 28;
const features = tableFeatures({
  columnFilteringFeature,
  globalFilteringFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
});

export interface DataTableProps<Row> {
  /** What its rows are, for readers of screens and the name of the file: "trades". */
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly sort?: { readonly by: string; readonly isDescending: boolean };
  /** Rows that are seen at a time; more scroll. */
  readonly most?: number;
  /** What is shown when there is no row. */
  readonly empty: ReactNode;
  /** A row was chosen, by mouse or Enter. */
  readonly onChoose?: (row: Row) => void;
  readonly chosen?: string | undefined;
  /** Beside the search. */
  readonly actions?: ReactNode;
  /** Small tables need no search. */
  readonly withSearch?: boolean;
}

/** The one table: sorts by headings, searches, exports, and draws only rows that are seen. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { name, columns, rows, keyOf, sort, most = 20, empty, onChoose, chosen, actions, withSearch = true } = props;
  const [sorting, setSorting] = useState<SortingState>(
    sort === undefined ? [] : [{ id: sort.by, desc: sort.isDescending }],
  );
  const [text, setText] = useState("");
  const globalFilter = useDeferredValue(text);
  const definitions = useMemo(() => columns.map(definitionOf), [columns]);
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: keyOf,
    state: { sorting, globalFilter },
    onSortingChange: setSorting,
    globalFilterFn: contains,
    getColumnCanGlobalFilter: () => true,
    sortDescFirst: false,
  });
  const found = table.getRowModel().rows;
  const body = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: found.length,
    getScrollElement: () => body.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    initialRect: { width: 0, height: most * ROW_HEIGHT }, // rows are there at the first drawing
  });
  if (rows.length === 0) return empty;
  const shown = virtual.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <div className={classes["whole"]}>
      {(withSearch || actions !== undefined) && (
        <div className={classes["bar"]}>
          {withSearch && (
            <TextInput
              size="xs"
              leftSection={<Search size={14} />}
              placeholder="Filter"
              aria-label={`Filter ${name}`}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          <span className={classes["count"]}>
            {text === "" ? "" : `${formatCount(found.length)} of `}
            {formatCount(rows.length)} {name}
          </span>
          {actions}
          <Tooltip label="Download as CSV">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Download ${name} as CSV`}
              onClick={() =>
                download(
                  `${name.replaceAll(" ", "-")}.csv`,
                  csvOf(
                    columns,
                    found.map((each) => each.original),
                  ),
                )
              }
            >
              <Download size={16} />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
      <div
        ref={body}
        className={classes["body"]}
        style={{ maxHeight: (most + 1) * ROW_HEIGHT + 1 }}
        tabIndex={0}
        role="group"
        aria-label={name}
      >
        <table aria-rowcount={found.length + 1} aria-label={name}>
          <thead>
            <tr>
              {columns.map((column) => {
                const order = sorting.find((each) => each.id === column.id);
                const Arrow = order?.desc === true ? ArrowDown : ArrowUp;
                return (
                  <th
                    key={column.id}
                    scope="col"
                    data-right={isRight(column) || undefined}
                    style={{ width: column.width }}
                    aria-sort={order === undefined ? "none" : order.desc ? "descending" : "ascending"}
                  >
                    <button type="button" onClick={() => table.getColumn(column.id)?.toggleSorting()}>
                      {column.header}{" "}
                      {column.unit !== undefined && <span className={classes["unit"]}>{column.unit}</span>}
                      {order !== undefined && <Arrow size={12} aria-hidden />}
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <tr style={{ height: above }} aria-hidden />}
            {shown.map(({ index }) => {
              const row = found[index];
              if (row === undefined) return null;
              return (
                <tr
                  key={row.id}
                  aria-rowindex={index + 2}
                  data-chosen={row.id === chosen || undefined}
                  {...(onChoose === undefined
                    ? {}
                    : {
                        tabIndex: 0,
                        onClick: () => onChoose(row.original),
                        onKeyDown: (event) => {
                          if (event.key === "Enter") onChoose(row.original);
                        },
                      })}
                >
                  {columns.map((column) => (
                    <td key={column.id} data-right={isRight(column) || undefined}>
                      <Cell column={column} row={row.original} />
                    </td>
                  ))}
                </tr>
              );
            })}
            {below > 0 && <tr style={{ height: below }} aria-hidden />}
          </tbody>
        </table>
        {found.length === 0 && <div className={classes["none"]}>No row has “{text}”.</div>}
      </div>
    </div>
  );
}

function definitionOf<Row extends object>(column: Column<Row>): ColumnDef<typeof features, Row> {
  return {
    id: column.id,
    header: column.header,
    accessorFn: (row) => column.value(row) ?? undefined,
    sortUndefined: "last", // whichever way the others are
    sortFn: (one, other) => compareValues(column.value(one.original), column.value(other.original), isRight(column)),
  };
}

function contains(row: { getValue: (id: string) => CellValue }, id: string, wanted: string): boolean {
  return String(row.getValue(id) ?? "")
    .toLowerCase()
    .includes(wanted.trim().toLowerCase());
}
