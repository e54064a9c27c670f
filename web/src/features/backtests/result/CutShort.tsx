import { formatCount } from "@/format";
import { useReport } from "../recorded";
import classes from "./Result.module.css";

/** Says of a table that a report holds its first rows only. */
export function CutShort({ table }: { readonly table: "trades" | "orders" }) {
  const cut = useReport()?.cuts.find((each) => each.table === table);
  if (cut === undefined) return null;
  return (
    <p className={classes["cut"]} role="note">
      This file has the first {formatCount(cut.rows)} of {formatCount(cut.of)} {table}; what is here is of these.
      Figures, curves and the honesty panel are of all of them.
    </p>
  );
}
