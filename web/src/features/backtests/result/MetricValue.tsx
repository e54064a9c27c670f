import { Tooltip } from "@mantine/core";
import type { FigureMessage } from "@/api";
import { Figure, figureText } from "@/format";
import classes from "./Metric.module.css";

/** How a unit of the gateway is shown. */
export function howShown(unit: string): { as: "decimal" | "percent"; digits: number } {
  if (unit === "percent" || unit === "probability") return { as: "percent", digits: 2 };
  return { as: "decimal", digits: unit === "days" || unit === "count" ? 0 : 2 };
}

export function metricText(value: number, unit: string): string {
  const { as, digits } = howShown(unit);
  return `${figureText(value, as, digits)}${unit === "days" ? " d" : ""}`;
}

interface MetricValueProps {
  readonly figure: FigureMessage;
  readonly isSigned?: boolean;
}

/** A metric; on hover or focus its formula, what it was computed over, and where that is from. */
export function MetricValue({ figure, isSigned = false }: MetricValueProps) {
  const { value, unit, undefined_because: why } = figure;
  return (
    <Tooltip
      multiline
      maw={380}
      events={{ hover: true, focus: true, touch: true }}
      label={
        <span className={classes["how"]}>
          <b>{figure.label}</b>
          <code>{figure.formula}</code>
          <span>{figure.sample}</span>
          {figure.source !== "" && <span>{figure.source}</span>}
          {value === null && <span>n/a because {why ?? "it was not computed"}</span>}
        </span>
      }
    >
      <span tabIndex={0} className={classes["value"]}>
        {value === null ? (
          <span className={classes["none"]}>n/a</span>
        ) : (
          <>
            <Figure value={value} {...howShown(unit)} signed={isSigned} />
            {unit === "days" && " d"}
          </>
        )}
      </span>
    </Tooltip>
  );
}
