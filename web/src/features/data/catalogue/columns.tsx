import { Link } from "react-router";
import type { SeriesMessage } from "@/api";
import { Day, formatScore, Moment } from "@/format";
import type { Column } from "@/tables";
import { isIntraday, pathOf } from "../series/series_path";

const NOT_JUDGED = "Its quality was not looked at yet; opening it does.";

export const COLUMNS: readonly Column<SeriesMessage>[] = [
  {
    id: "symbol",
    header: "Symbol",
    narrow: "title",
    value: (each) => each.symbol,
    cell: (each) => <Link to={pathOf(each)}>{each.symbol}</Link>,
  },
  { id: "interval", header: "Interval", narrow: "title", value: (each) => each.interval },
  { id: "source", header: "Source", narrow: "title", value: (each) => each.source },
  { id: "first", header: "First", value: (each) => each.first, cell: (each) => bound(each, each.first) },
  { id: "last", header: "Last", value: (each) => each.last, cell: (each) => bound(each, each.last) },
  { id: "rows", header: "Bars", value: (each) => each.rows, kind: "decimal", digits: 0 },
  {
    id: "missing",
    header: "Missing",
    unit: "sessions or stretches",
    value: (each) => each.doubts?.gaps,
    kind: "decimal",
    digits: 0,
    why: NOT_JUDGED,
  },
  { id: "spikes", header: "Spikes", value: (each) => each.doubts?.spikes, kind: "decimal", digits: 0, why: NOT_JUDGED },
  {
    id: "score",
    header: "Quality",
    value: ({ quality_score: score }) => (score === null ? null : formatScore(score)),
    kind: "decimal",
    why: NOT_JUDGED,
  },
  {
    id: "changed",
    header: "Changed",
    narrow: "whole",
    value: (each) => each.last_ingestion?.at ?? each.changed_at,
    kind: "time",
    precision: "minute",
  },
];

/** The first or last bar: a day, or a time where bars are shorter. */
function bound({ interval }: SeriesMessage, at: string) {
  return isIntraday(interval) ? <Moment at={at} precision="minute" /> : <Day at={at} />;
}
