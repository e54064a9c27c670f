import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { formatCount, usePreferences, usePrinting } from "@/format";
import type { CardLayout } from "./card_layout";
import type { Column } from "./columns";
import classes from "./DataTable.module.css";
import { Row } from "./Row";
import { Ruler } from "./Ruler";
import { Slots } from "./slots";
import { longestTexts, sampleOf } from "./widest";

export const ROW_HEIGHT = 28;
/** Rows on paper. */
const PRINTED = 200;
/** Rows beyond each edge of what is seen. */
const OVERSCAN = 2;
/** While one of them has the focus: a key that is held goes faster than frames come. */
const REACHED = 12;

interface TableRowsProps<Row> {
  readonly name: string;
  readonly rows: readonly { readonly id: string; readonly original: Row }[];
  readonly columns: readonly Column<Row>[];
  readonly cards: CardLayout<Row> | undefined;
  readonly head: ReactNode;
  readonly most: number;
  readonly onChoose: ((row: Row) => void) | undefined;
  readonly chosen: string | undefined;
  readonly children: ReactNode;
}

/**
 * What scrolls: of the rows those that are seen are there. The browser scrolls without asking the page; so that it never shows
 * where no rows are yet, they lie in a block that is sticky at its far edges: beyond them the last rows stay until the next ones come.
 */
export function TableRows<Row extends object>(props: TableRowsProps<Row>) {
  const { name, rows, columns, cards, head, most, onChoose, chosen, children } = props;
  const { clock } = usePreferences();
  const isPrinting = usePrinting();
  const body = useRef<HTMLDivElement>(null);
  const [isFocused, setIsFocused] = useState(false);
  const height = cards?.height ?? ROW_HEIGHT;
  const isPlain = columns.every((each) => each.cell === undefined);
  // A long table of text alone has columns of fixed widths: a browser that fits them to each row that comes is slow.
  const isLog = isPlain && cards === undefined && !isPrinting && rows.length > most;
  const sampled = useMemo(
    () => (isLog ? longestTexts(columns, sampleOf(rows), clock) : []),
    [isLog, columns, rows, clock],
  );
  const [wider, setWider] = useState({ of: sampled, texts: sampled });
  const longest = wider.of === sampled ? wider.texts : sampled;
  const widen = (items: readonly { readonly index: number }[]) => {
    const found = items.flatMap(({ index }) => rows[index]?.original ?? []);
    const texts = longestTexts(columns, found, clock, longest);
    if (texts !== longest) setWider({ of: sampled, texts });
  };
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => body.current,
    estimateSize: () => height,
    overscan: isPrinting ? PRINTED : isFocused ? REACHED : OVERSCAN,
    initialRect: { width: 0, height: most * height }, // rows are there at the first drawing
    onChange: (instance) => {
      if (isLog && !instance.isScrolling) widen(instance.getVirtualItems());
    },
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  const shown = virtual.getVirtualItems();
  const [slots] = useState(() => new Slots());
  const keys = isPlain ? slots.keysOf(shown.map(({ index }) => rows[index]?.id ?? "")) : [];
  const above = (shown[0]?.index ?? 0) * height;
  const top = cards === undefined ? ROW_HEIGHT : 0;
  const seen = cards === undefined ? `${(most + 1) * ROW_HEIGHT + 1}px` : rows.length <= most ? undefined : "75vh";
  const edge = seen === undefined ? undefined : `min(0px, ${seen} - ${top + shown.length * height}px)`;
  return (
    <div
      ref={body}
      className={classes["body"]}
      data-log={isLog || undefined}
      style={{ maxHeight: seen }}
      onFocus={({ target, currentTarget }) => setIsFocused(target !== currentTarget)}
      onBlur={({ relatedTarget, currentTarget }) =>
        setIsFocused(relatedTarget !== currentTarget && currentTarget.contains(relatedTarget))
      }
      tabIndex={0}
      role="group"
      aria-label={name}
    >
      {isLog && <Ruler columns={columns} texts={longest} head={head} body={body} />}
      <div className={classes["all"]} style={{ height: top + rows.length * height }}>
        <div style={{ height: above }} />
        <div className={classes["seen"]} style={{ top: edge, bottom: edge }}>
          <table
            role="table"
            aria-rowcount={rows.length + 1}
            aria-label={name}
            data-cards={cards === undefined ? undefined : true}
          >
            {head}
            <tbody role="rowgroup" data-moving={virtual.isScrolling || undefined}>
              {shown.map(({ index }, at) => {
                const row = rows[index];
                return (
                  row !== undefined && (
                    <Row
                      key={isPlain ? keys[at] : row.id}
                      id={row.id}
                      row={row.original}
                      index={index}
                      columns={columns}
                      cards={cards}
                      clock={clock}
                      isChosen={row.id === chosen}
                      onChoose={onChoose}
                    />
                  )
                );
              })}
            </tbody>
          </table>
        </div>
      </div>
      {isPrinting && shown.length < rows.length && (
        <div className={classes["none"]}>
          {formatCount(shown.length)} of {formatCount(rows.length)} rows are on paper.
        </div>
      )}
      {children}
    </div>
  );
}
