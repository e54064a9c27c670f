import { Link } from "react-router";
import { sentenceOf } from "@/api";
import { ComesByItself, Offline, TableSkeleton, useStaleAt } from "@/app/states";
import { Age } from "@/format";
import classes from "./Lists.module.css";
import { useNeeds } from "./use_needs";

/** What does not mend itself, each with the way to where it is mended. Its place is as high with one as with many. */
export function NeedsAPerson() {
  const { needs, isLoading, isBlind, failed } = useNeeds();
  const isOld = useStaleAt() !== undefined;
  if (isBlind && isOld) {
    return (
      <div className={classes["place"]}>
        <Offline />
      </div>
    );
  }
  if (isLoading) {
    return (
      <div className={classes["place"]}>
        <TableSkeleton rows={2} />
      </div>
    );
  }
  return (
    <div className={classes["place"]}>
      <ComesByItself />
      {needs.length === 0 && failed.length === 0 && (
        <p className={classes["none"]}>
          Nothing. Killed accounts, failed jobs, parts of the exchange that are down and gaps in ingested prices are
          listed here.
        </p>
      )}
      <ul className={classes["list"]}>
        {failed
          .filter(({ asOf }) => asOf === undefined || !isOld)
          .map(({ name, error, asOf }) => (
            <li key={name} className={classes["failed"]}>
              <span role="status">
                {asOf === undefined ? (
                  <>
                    {name} could not be looked at. {sentenceOf(error)}
                  </>
                ) : (
                  <>
                    {name}: not updated; as of <Age at={asOf} />
                  </>
                )}
              </span>
            </li>
          ))}
        {needs.map(({ key, what, why, act, to }) => (
          <li key={key}>
            <Link
              to={to}
              className={classes["need"] ?? ""}
              title={[what, why].filter((each) => each !== "").join(". ")}
            >
              <span className={classes["what"]}>{what}</span>
              <span className={classes["why"]}>{why}</span>
              <span className={classes["act"]}>{act}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
