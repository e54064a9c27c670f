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
import { useDeferredValue, useMemo, useState, type ReactNode } from "react";
import { cardLayout } from "./card_layout";
import { compareValues, isRight, type CellValue, type Column } from "./columns";
import { csvOf } from "./csv";
import classes from "./DataTable.module.css";
import { DownloadCsv } from "./DownloadCsv";
import { TableBar } from "./TableBar";
import { TableHead } from "./TableHead";
import { TableRows } from "./TableRows";
import { usePrinting } from "@/format";
import { useIsNarrow, useIsWide } from "./use_width";

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
  /** Small tables need no search: their file is in the corner, and costs no line. */
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
  const listed = useMemo(() => found.map((each) => each.original), [found]);
  const isPrinting = usePrinting();
  const isNarrow = useIsNarrow() && !isPrinting;
  const isWide = useIsWide();
  const seen = useMemo(() => columns.filter((each) => isWide || each.isMinor !== true), [columns, isWide]);
  const cards = useMemo(() => (isNarrow ? cardLayout(columns) : undefined), [isNarrow, columns]);
  if (rows.length === 0) return empty;
  // Cards have no headings that sort.
  const hasBar = withSearch || actions !== undefined || (isNarrow && rows.length > 1);
  return (
    <div className={classes["whole"]} data-corner={!hasBar || undefined}>
      {hasBar ? (
        <TableBar
          name={name}
          columns={columns}
          rows={listed}
          all={rows.length}
          text={text}
          onText={withSearch ? setText : undefined}
          actions={actions}
          sorting={isNarrow ? { order: sorting[0], onSort: setSorting } : undefined}
        />
      ) : (
        <div className={classes["corner"]}>
          <DownloadCsv name={name} csv={() => csvOf(columns, listed)} />
        </div>
      )}
      <TableRows
        name={name}
        rows={found}
        columns={seen}
        cards={cards}
        most={most}
        onChoose={onChoose}
        chosen={chosen}
        head={
          !isNarrow && (
            <TableHead columns={seen} sorting={sorting} onSort={(id) => table.getColumn(id)?.toggleSorting()} />
          )
        }
      >
        {found.length === 0 && <div className={classes["none"]}>No row has “{text}”.</div>}
      </TableRows>
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
