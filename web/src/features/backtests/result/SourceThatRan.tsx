import { Anchor } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link } from "react-router";
import { isApiError, useGetBacktestSourceQuery, useGetStrategyQuery, type BacktestMessage } from "@/api";
import { Source } from "@/app/source/Source";
import { Loaded, TextSkeleton } from "@/app/states";
import { Missing } from "@/format";
import classes from "./Result.module.css";

type Strategy = BacktestMessage["spec"]["strategy"];

interface SourceThatRanProps {
  readonly backtest: string;
  readonly strategy: Strategy;
}

/** The hash of what ran, whether the strategy of today has the same text, and the text that ran. */
export function SourceThatRan({ backtest, strategy }: SourceThatRanProps) {
  const { name, source_hash: hash } = strategy;
  const [isOpen, { toggle }] = useDisclosure();
  if (hash === null) return <Missing why="It was defined in a console, so there is no text of it." />;
  return (
    <>
      <code title={hash}>{hash.slice(0, 16)}</code> <Today name={name} hash={hash} />{" "}
      <Anchor component="button" type="button" size="sm" aria-expanded={isOpen} onClick={toggle}>
        {isOpen ? "Hide what ran" : "Show what ran"}
      </Anchor>
      {isOpen && <Text backtest={backtest} name={name} />}
    </>
  );
}

function Today({ name, hash }: { readonly name: string; readonly hash: string }) {
  const { data, error } = useGetStrategyQuery({ name });
  if (data?.source_sha256 === hash) {
    return (
      <>
        the same as{" "}
        <Anchor component={Link} to={`/strategies/${name}`} inherit>
          {name} today
        </Anchor>
      </>
    );
  }
  if (data !== undefined) {
    return (
      <span className={classes["broken"]}>
        not the text of{" "}
        <Anchor component={Link} to={`/strategies/${name}`} inherit>
          {name} today
        </Anchor>
      </span>
    );
  }
  if (isApiError(error) && error.status === 404) return <>no strategy has this name today</>;
  return error === undefined ? null : <>whether {name} is the same today is not known</>;
}

function Text({ backtest, name }: { readonly backtest: string; readonly name: string }) {
  const query = useGetBacktestSourceQuery({ backtest });
  return (
    <Loaded query={query} skeleton={<TextSkeleton lines={12} />}>
      {({ source, source_sha256: hash }) =>
        source === null ? <p>The text was not stored.</p> : <Source text={source} sha256={hash} name={name} />
      }
    </Loaded>
  );
}
