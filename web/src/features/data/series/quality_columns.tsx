import { Tooltip } from "@mantine/core";
import type { CorporateActionMessage, FindingMessage, SetAsideMessage } from "@/api";
import { plain } from "@/format/exact";
import type { Column } from "@/tables";
import classes from "./Series.module.css";
import { isIntraday } from "./series_path";

const LEVELS = { error: "error", warn: "warning", info: "to know" } as const;

export const FINDING_COLUMNS: readonly Column<FindingMessage>[] = [
  { id: "level", header: "Level", narrow: "title", value: (each) => LEVELS[each.level] },
  { id: "rule", header: "Rule", narrow: "title", value: ruleText },
  { id: "count", header: "Times", value: (each) => each.count, kind: "decimal", digits: 0 },
  { id: "first", header: "First", value: (each) => each.first, kind: "time", precision: "day" },
  { id: "last", header: "Last", value: (each) => each.last, kind: "time", precision: "day" },
  {
    id: "reason",
    header: "The first of them",
    narrow: "whole",
    value: (each) => each.reason,
    cell: (each) => whole(each.reason),
  },
];

export const asideColumns = (interval: string): readonly Column<SetAsideMessage>[] => [
  {
    id: "at",
    header: "Bar",
    narrow: "title",
    value: (each) => each.at,
    kind: "time",
    precision: isIntraday(interval) ? "minute" : "day",
  },
  { id: "rules", header: "Rules", narrow: "title", value: (each) => each.rules.map(spoken).join(", ") },
  {
    id: "reason",
    header: "Why",
    narrow: "whole",
    value: (each) => each.reason,
    cell: (each) => whole(each.reason, "narrow"),
  },
  { id: "row", header: "As it came", narrow: "whole", value: rowText, cell: (each) => whole(rowText(each), "narrow") },
  { id: "source", header: "Source", value: (each) => each.source },
  { id: "received", header: "Received", value: (each) => each.received_at, kind: "time", precision: "minute" },
];

export const ACTION_COLUMNS: readonly Column<CorporateActionMessage>[] = [
  { id: "date", header: "Ex date", narrow: "title", value: (each) => each.ex_date },
  { id: "kind", header: "Kind", narrow: "title", value: (each) => spoken(each.kind) },
  {
    id: "ratio",
    header: "Ratio",
    value: ({ ratio }) => (ratio === null ? null : plain(ratio.toFixed(4))),
    kind: "decimal",
    why: "A dividend has an amount.",
  },
  {
    id: "amount",
    header: "Amount a share",
    value: (each) => each.amount,
    kind: "decimal",
    digits: 4,
    why: "A split has a ratio.",
  },
  { id: "currency", header: "Currency", value: (each) => each.currency, why: "It pays no cash." },
  { id: "source", header: "Source", value: (each) => each.source },
];

/** What a rule found, where its name alone does not say it. */
const RULES: Readonly<Record<string, string>> = {
  adjusted_close: "adjusted close does not fit",
  event: "split or dividend in doubt",
  jump: "price jump",
  mixed_basis: "raw and adjusted mixed",
  not_final: "bar not final",
  volume: "volume in doubt",
  wick: "price spike",
};

export function ruleText({ rule, level }: Pick<FindingMessage, "rule" | "level">): string {
  if (rule === "session") return level === "warn" ? "session missing" : "bar outside sessions";
  return RULES[rule] ?? spoken(rule);
}

function spoken(name: string): string {
  return name.replaceAll("_", " ");
}

/** A row as it was received: "open 0, close 187.25". */
function rowText({ row }: SetAsideMessage): string {
  return Object.entries(row)
    .map(([name, value]) => `${name} ${value ?? "none"}`)
    .join(", ");
}

/** A long text, all of it on hover. */
function whole(text: string, width: "narrow" | "wide" = "wide") {
  return (
    <Tooltip label={text} multiline maw={480}>
      <span className={classes[width]}>{text}</span>
    </Tooltip>
  );
}
