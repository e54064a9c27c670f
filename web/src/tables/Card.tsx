import type { HTMLAttributes } from "react";
import { isWhole, type CardLayout } from "./card_layout";
import { Cell } from "./Cell";
import type { Column } from "./columns";
import classes from "./Card.module.css";

interface CardProps<Row> {
  readonly layout: CardLayout<Row>;
  readonly row: Row;
  readonly about: HTMLAttributes<HTMLTableRowElement>;
}

/** A row where there is no room for columns: each value with its header. */
export function Card<Row>({ layout, row, about }: CardProps<Row>) {
  const { title, actions, lines, height } = layout;
  const bare = (column: Column<Row>) => (
    <span key={column.id}>
      <Cell column={column} row={row} />
    </span>
  );
  return (
    <tr role="row" className={classes["card"]} style={{ height }} {...about}>
      <td role="cell" className={classes["head"]}>
        <span className={classes["title"]}>{title.map(bare)}</span>
        {actions.map(bare)}
      </td>
      {lines.map((columns) =>
        columns.map((column) => (
          <td key={column.id} role="cell" data-whole={isWhole(column) || undefined}>
            <span className={classes["label"]}>
              {column.header}
              {column.unit !== undefined && `, ${column.unit}`}
            </span>{" "}
            <span className={classes["value"]}>
              <Cell column={column} row={row} />
            </span>
          </td>
        )),
      )}
    </tr>
  );
}
