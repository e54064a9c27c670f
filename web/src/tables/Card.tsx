import type { ComponentProps } from "react";
import type { Clock } from "@/format";
import { isWhole, type CardLayout } from "./card_layout";
import { cellContent } from "./Cell";
import { isRight, type Column } from "./columns";
import classes from "./Card.module.css";

interface CardProps<Row> {
  readonly layout: CardLayout<Row>;
  readonly row: Row;
  readonly clock: Clock;
  readonly about: ComponentProps<"tr">;
}

/** A row where there is no room for columns: each value with its header. */
export function Card<Row>({ layout, row, clock, about }: CardProps<Row>) {
  const { title, actions, lines, height } = layout;
  const bare = (column: Column<Row>, className?: string) => {
    const { content, colour } = cellContent(column, row, clock);
    return (
      <span
        key={column.id}
        className={[className, colour].filter(Boolean).join(" ") || undefined}
        data-tabular={isRight(column) || undefined}
      >
        {content}
      </span>
    );
  };
  return (
    <tr role="row" className={classes["card"]} style={{ height }} {...about}>
      <td role="cell" className={classes["head"]}>
        <span className={classes["title"]}>{title.map((each) => bare(each))}</span>
        {actions.map((each) => bare(each))}
      </td>
      {lines.map((columns) =>
        columns.map((column) => (
          <td key={column.id} role="cell" data-whole={isWhole(column) || undefined}>
            <span className={classes["label"]}>
              {column.header}
              {column.unit !== undefined && `, ${column.unit}`}
            </span>{" "}
            {bare(column, classes["value"])}
          </td>
        )),
      )}
    </tr>
  );
}
