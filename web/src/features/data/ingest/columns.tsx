import { Link } from "react-router";
import type { IngestionMessage } from "@/api";
import { formatCount } from "@/format";
import type { Column } from "@/tables";
import { pathOf } from "../series/series_path";
import { countsOf } from "./counts";
import { IngestionStatus } from "./IngestionStatus";

const SHOWN = 3;

export const COLUMNS: readonly Column<IngestionMessage>[] = [
  {
    id: "symbols",
    header: "Symbols",
    narrow: "title",
    value: ({ spec }) => spec.symbols.join(" "),
    cell: (each) => <Symbols ingestion={each} />,
  },
  {
    id: "status",
    header: "Status",
    narrow: "whole",
    width: 280,
    value: ({ status, progress }) => (status === "running" ? `${status} ${Math.round(progress * 100)}%` : status),
    cell: (each) => <IngestionStatus ingestion={each} />,
  },
  { id: "interval", header: "Interval", narrow: "title", value: ({ spec }) => spec.interval },
  { id: "source", header: "Vendor", value: ({ spec }) => spec.source },
  {
    id: "from",
    header: "From",
    value: ({ spec }) => spec.start,
    kind: "time",
    precision: "day",
    why: "It began where the stored bars did.",
  },
  {
    id: "to",
    header: "To",
    value: ({ spec }) => spec.end,
    kind: "time",
    precision: "day",
    why: "It went up to the time it was asked for.",
  },
  { id: "added", header: "Added", value: (each) => countsOf(each).added, kind: "decimal", digits: 0 },
  { id: "updated", header: "Updated", value: (each) => countsOf(each).updated, kind: "decimal", digits: 0 },
  { id: "aside", header: "Set aside", value: (each) => countsOf(each).quarantined, kind: "decimal", digits: 0 },
  { id: "asked", header: "Asked for", value: (each) => each.created_at, kind: "time" },
];

function Symbols({ ingestion: { spec } }: { readonly ingestion: IngestionMessage }) {
  return (
    <>
      {spec.symbols.slice(0, SHOWN).map((symbol, at) => (
        <span key={symbol}>
          {at > 0 && ", "}
          <Link to={pathOf({ symbol, interval: spec.interval })}>{symbol}</Link>
        </span>
      ))}
      {spec.symbols.length > SHOWN && ` and ${formatCount(spec.symbols.length - SHOWN)} more`}
    </>
  );
}
