import { Anchor, Skeleton } from "@mantine/core";
import { Link } from "react-router";
import { sentenceOf } from "@/api";
import { Live, Stale, useStaleAt } from "@/app/states";
import { formatCount, formatLatency, Missing } from "@/format";
import { useExchange } from "@/live";
import { exchangeState, type ExchangeState } from "./exchange_state";
import classes from "./ExchangeLine.module.css";

/** How the exchange does, in one line, whatever its state. */
export function ExchangeLine() {
  const { data, error, fulfilledTimeStamp: asOf } = useExchange();
  const heardAt = useStaleAt();
  const staleAt = error === undefined ? heardAt : asOf;
  return (
    <div className={classes["line"]} role="group" aria-label="Exchange">
      <Anchor component={Link} to="/exchange" inherit>
        Exchange
      </Anchor>
      {data !== undefined ? (
        <Live className={classes["live"]}>
          <State state={exchangeState(data)} />
        </Live>
      ) : error !== undefined ? (
        <span className={classes["off"]} role="status">
          not known: {sentenceOf(error)}
        </span>
      ) : (
        <Skeleton height={12} width={280} role="group" aria-busy="true" aria-label="Loading" />
      )}
      {data !== undefined && staleAt !== undefined && <Stale at={staleAt} isShort />}
    </div>
  );
}

function State({ state: { off, p99Us, lagMs, shards } }: { readonly state: ExchangeState }) {
  if (shards === 0) return <span className={classes["faint"]}>none is set up: arbitrax exchange configure</span>;
  return (
    <>
      {off.length === 0 ? <span role="status">well</span> : <b role="status">{off.join(", ")}</b>}
      <span className={classes["figure"]}>
        p99 {p99Us === undefined ? <Missing why="Nothing was executed in the last minute." /> : formatLatency(p99Us)}
      </span>
      <span className={classes["figure"]}>
        journal lag{" "}
        {lagMs === undefined ? <Missing why="The journal’s server does not answer." /> : `${formatCount(lagMs)} ms`}
      </span>
    </>
  );
}
