import { useLayoutEffect, useRef, type ReactNode, type RefObject } from "react";
import { isRight, type Column } from "./columns";
import classes from "./DataTable.module.css";

interface RulerProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly texts: readonly string[];
  readonly head: ReactNode;
  /** What is to have the widths, as `--columns`. */
  readonly body: RefObject<HTMLElement | null>;
}

/** A table of two rows that nobody sees, the headings and the longest texts: the browser finds the widths of the columns from it. */
export function Ruler<Row>({ columns, texts, head, body }: RulerProps<Row>) {
  const table = useRef<HTMLTableElement>(null);
  useLayoutEffect(() => {
    const cells = [...(table.current?.querySelectorAll("th") ?? [])];
    const measure = () => {
      const widths = cells.map((each) => `${each.getBoundingClientRect().width}px`);
      body.current?.style.setProperty("--columns", widths.join(" "));
    };
    measure();
    const observer = new ResizeObserver(measure);
    for (const each of cells) observer.observe(each);
    return () => observer.disconnect();
  }, [body, columns]);
  return (
    <div className={classes["ruler"]} aria-hidden>
      <table ref={table}>
        {head}
        <tbody>
          <tr>
            {columns.map((column, at) => (
              <td key={column.id} data-right={isRight(column) || undefined}>
                {texts[at]}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}
