import type { NewOrder } from "@arbitrax/client";
import { sentenceOf } from "@/api";
import { Figure, formatNumber } from "@/format";
import { compare, digitsOf, isDecimal, isZero, over, times } from "@/format/exact";
import classes from "./OrderTicket.module.css";
import type { Verdict } from "./use_verdict";

interface TicketVerdictProps {
  readonly order: NewOrder | undefined;
  /** Of this order; undefined: it is being judged. */
  readonly verdict: Verdict | undefined;
  readonly currency: string;
  /** What a quantity would pay, by the book as it is. */
  readonly averageOf: (quantity: string) => number | undefined;
}

/** What the risk checks say of the order, and what it costs. */
export function TicketVerdict(props: TicketVerdictProps) {
  return (
    <div className={classes["verdict"]} aria-live="polite" aria-label="Risk verdict">
      <Told {...props} />
    </div>
  );
}

function Told({ order, verdict, currency, averageOf }: TicketVerdictProps) {
  if (order === undefined) return <p>Fill in the ticket; the exchange says here what it would do.</p>;
  if (verdict === undefined) return <p>Asking the exchange…</p>;
  const { found, error } = verdict;
  if (found === undefined) return <p className={classes["refused"]}>{sentenceOf(error)}</p>;
  const power = found.checks.find((each) => each.name === "buying_power");
  const failed = found.checks.find((each) => !each.passed);
  const atOnce = found.fills_at_once;
  const average = atOnce === null || isZero(atOnce) ? undefined : averageOf(atOnce);
  return (
    <>
      {found.accepted ? (
        <p>Passes all {found.checks.length} checks.</p>
      ) : (
        <p className={classes["refused"]}>
          Would be refused: {found.detail}
          {failed?.value != null && failed.limit !== null && isDecimal(failed.value) && (
            <>
              {" "}
              <Figure value={failed.value} /> of <Figure value={failed.limit} />.
            </>
          )}
        </p>
      )}
      <dl>
        {power?.value != null && !isZero(power.value) && (
          <div>
            <dt>Sets aside, {currency}</dt>
            <dd>
              <Figure value={power.value} digits={2} />
              {power.limit !== null && compare(power.limit, "0") > 0 && (
                <> ({formatNumber(Number(over(times(power.value, "100"), power.limit, 4)), { digits: 1 })}%)</>
              )}
            </dd>
          </div>
        )}
        {atOnce !== null && (
          <div>
            <dt>Fills at once</dt>
            <dd>
              <Figure value={atOnce} />
              {average !== undefined && (
                <> at {formatNumber(average, { digits: Math.max(2, digitsOf(order.price ?? "")) })}</>
              )}
            </dd>
          </div>
        )}
      </dl>
    </>
  );
}
