import { ActionIcon, NativeSelect, TextInput } from "@mantine/core";
import type { SortingState } from "@tanstack/react-table";
import { ArrowDown, ArrowUp, Search } from "lucide-react";
import type { ReactNode } from "react";
import { formatCount } from "@/format";
import type { Column } from "./columns";
import { csvOf } from "./csv";
import classes from "./DataTable.module.css";
import { DownloadCsv } from "./DownloadCsv";

interface TableBarProps<Row> {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  /** Those that are found, in their order. */
  readonly rows: readonly Row[];
  readonly all: number;
  readonly text: string;
  /** Undefined: there is no search. */
  readonly onText: ((text: string) => void) | undefined;
  readonly actions: ReactNode;
  /** Where no headings are that sort. */
  readonly sorting:
    { readonly order: SortingState[number] | undefined; readonly onSort: (order: SortingState) => void } | undefined;
}

/** What stands above a table: search, how many rows there are, the file of them. */
export function TableBar<Row>({ name, columns, rows, all, text, onText, actions, sorting }: TableBarProps<Row>) {
  return (
    <div className={classes["bar"]}>
      {onText !== undefined && (
        <TextInput
          size="xs"
          className={classes["search"] ?? ""}
          leftSection={<Search size={14} />}
          placeholder="Filter"
          aria-label={`Filter ${name}`}
          value={text}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      )}
      <span className={classes["count"]}>
        {text === "" ? "" : `${formatCount(rows.length)} of `}
        {formatCount(all)} {all === 1 ? "row" : "rows"}
      </span>
      {sorting !== undefined && all > 1 && <SortBy name={name} columns={columns} {...sorting} />}
      {actions}
      <DownloadCsv name={name} csv={() => csvOf(columns, rows)} />
    </div>
  );
}

interface SortByProps<Row> {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly order: SortingState[number] | undefined;
  readonly onSort: (order: SortingState) => void;
}

function SortBy<Row>({ name, columns, order, onSort }: SortByProps<Row>) {
  const Arrow = order?.desc === true ? ArrowDown : ArrowUp;
  return (
    <span className={classes["sort"]}>
      <NativeSelect
        size="xs"
        aria-label={`Sort ${name} by`}
        data={[
          { value: "", label: "Sort by" },
          ...columns.filter((each) => each.header !== "").map((each) => ({ value: each.id, label: each.header })),
        ]}
        value={order?.id ?? ""}
        onChange={({ currentTarget: { value } }) => onSort(value === "" ? [] : [{ id: value, desc: false }])}
      />
      {order !== undefined && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={order.desc ? "Smallest first" : "Largest first"}
          onClick={() => onSort([{ id: order.id, desc: !order.desc }])}
        >
          <Arrow size={16} />
        </ActionIcon>
      )}
    </span>
  );
}
