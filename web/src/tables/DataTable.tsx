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
import { useDeferredValue, useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { formatCount, usePrinting } from "@/format";
import { Card } from "./Card";
import { cardLayout } from "./card_layout";
import { Cell } from "./Cell";
import { compareValues, isRight, type CellValue, type Column } from "./columns";
import classes from "./DataTable.module.css";
import { TableBar } from "./TableBar";
import { TableHead } from "./TableHead";
import { useIsNarrow, useIsWide } from "./use_width";

const ROW_HEIGHT = 28;
/** Rows on paper. */
const PRINTED = 200;
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
  const isNarrow = useIsNarrow();
  const isPrinting = usePrinting();
  const isWide = useIsWide();
  const seen = useMemo(() => columns.filter((each) => isWide || each.isMinor !== true), [columns, isWide]);
  const cards = useMemo(() => (isNarrow ? cardLayout(columns) : undefined), [isNarrow, columns]);
  const height = cards?.height ?? ROW_HEIGHT;
  const virtual = useVirtualizer({
    count: found.length,
    getScrollElement: () => body.current,
    estimateSize: () => height,
    overscan: isPrinting ? PRINTED : 12,
    initialRect: { width: 0, height: most * height }, // rows are there at the first drawing
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  if (rows.length === 0) return empty;
  const shown = virtual.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);
  const cut = isPrinting && shown.length < found.length;
  const isFitting = isNarrow && found.length <= most;
  return (
    <div className={classes["whole"]}>
      {(withSearch || actions !== undefined) && (
        <TableBar
          name={name}
          columns={columns}
          rows={found.map((each) => each.original)}
          all={rows.length}
          text={text}
          onText={withSearch ? setText : undefined}
          actions={actions}
          sorting={isNarrow ? { order: sorting[0], onSort: setSorting } : undefined}
        />
      )}
      <div
        ref={body}
        className={classes["body"]}
        style={{ maxHeight: isFitting ? undefined : isNarrow ? "75vh" : (most + 1) * ROW_HEIGHT + 1 }}
        tabIndex={0}
        role="group"
        aria-label={name}
      >
        <table role="table" aria-rowcount={found.length + 1} aria-label={name} data-cards={isNarrow || undefined}>
          {!isNarrow && (
            <TableHead columns={seen} sorting={sorting} onSort={(id) => table.getColumn(id)?.toggleSorting()} />
          )}
          <tbody role="rowgroup">
            {above > 0 && <tr style={{ height: above }} aria-hidden />}
            {shown.map(({ index }) => {
              const row = found[index];
              if (row === undefined) return null;
              const about = {
                "aria-rowindex": index + 2,
                "data-chosen": row.id === chosen || undefined,
                ...chooseBy(row.original, onChoose),
              };
              return cards === undefined ? (
                <tr key={row.id} role="row" {...about}>
                  {seen.map((column) => (
                    <td key={column.id} role="cell" data-right={isRight(column) || undefined}>
                      <Cell column={column} row={row.original} />
                    </td>
                  ))}
                </tr>
              ) : (
                <Card key={row.id} layout={cards} row={row.original} about={about} />
              );
            })}
            {below > 0 && <tr style={{ height: below }} aria-hidden />}
          </tbody>
        </table>
        {cut && (
          <div className={classes["none"]}>
            {formatCount(shown.length)} of {formatCount(found.length)} rows are on paper.
          </div>
        )}
        {found.length === 0 && <div className={classes["none"]}>No row has “{text}”.</div>}
      </div>
    </div>
  );
}

/** A row that can be chosen, by mouse or Enter. */
function chooseBy<Row>(row: Row, onChoose: ((row: Row) => void) | undefined) {
  if (onChoose === undefined) return {};
  return {
    tabIndex: 0,
    onClick: () => onChoose(row),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter") onChoose(row);
    },
  };
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
