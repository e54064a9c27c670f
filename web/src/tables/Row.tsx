import { memo, useLayoutEffect, useRef, type KeyboardEvent } from "react";
import type { Clock } from "@/format";
import { Card } from "./Card";
import type { CardLayout } from "./card_layout";
import { cellContent } from "./Cell";
import { isRight, type Column } from "./columns";

interface RowProps<Row> {
  readonly id: string;
  readonly row: Row;
  /** Among those that are found. */
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  /** Where there is no room for columns. */
  readonly cards: CardLayout<Row> | undefined;
  readonly clock: Clock;
  readonly isChosen: boolean;
  readonly onChoose: ((row: Row) => void) | undefined;
}

function AnyRow<Row>({ id, row, index, columns, cards, clock, isChosen, onChoose }: RowProps<Row>) {
  const element = useRef<HTMLTableRowElement>(null);
  const drawn = useRef(id);
  useLayoutEffect(() => {
    if (drawn.current === id) return;
    drawn.current = id;
    // The focus does not pass to another row that is drawn in the place of the one that had it.
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement && element.current?.contains(activeElement) === true) activeElement.blur();
  }, [id]);
  const about = {
    ref: element,
    "aria-rowindex": index + 2,
    "data-chosen": isChosen || undefined,
    ...chooseBy(row, onChoose),
  };
  if (cards !== undefined) return <Card layout={cards} row={row} clock={clock} about={about} />;
  return (
    <tr role="row" {...about}>
      {columns.map((column) => {
        const { content, colour } = cellContent(column, row, clock);
        return (
          <td key={column.id} role="cell" data-right={isRight(column) || undefined} className={colour}>
            {content}
          </td>
        );
      })}
    </tr>
  );
}

/** A row; those that stay while others come are not made again. */
export const Row = memo(AnyRow) as typeof AnyRow;

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
