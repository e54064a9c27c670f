import { Anchor, Code } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { BacktestMessage, RunResult } from "@/api";
import { formatDuration, isUploaded, Missing, Moment, Sentence, strategyTitle } from "@/format";
import { useReport } from "../recorded";
import { parametersText, secondsOf } from "../run_text";
import classes from "./Result.module.css";
import { SourceThatRan } from "./SourceThatRan";

interface RunCardProps {
  readonly run: BacktestMessage;
  readonly result: RunResult;
}

/** Everything that decided a result, so that anybody can have it again. */
export function RunCard({ run, result }: RunCardProps) {
  const { strategy, seed } = run.spec;
  const isRecorded = useReport() !== undefined;
  const facts: [string, ReactNode][] = [
    ["Run", <Code key="id">{run.id}</Code>],
    [
      "Strategy",
      isUploaded(strategy.name) ? (
        strategyTitle(strategy.name)
      ) : (
        <Anchor key="strategy" component={Link} to={`/strategies/${strategy.name}`} inherit>
          {strategy.name}
        </Anchor>
      ),
    ],
    [
      "Source",
      isRecorded ? (
        hashOf(strategy.source_hash, "Its source was not at hand.")
      ) : (
        <SourceThatRan key="source" backtest={run.id} strategy={strategy} />
      ),
    ],
    ["Parameters", parametersText(run.spec) || <Missing key="none" why="The strategy has none." />],
    ...result.assets.map((each): [string, ReactNode] => [
      `Data, ${each.role}`,
      <span key={each.role}>
        {each.symbol} {each.interval} as of <Moment at={each.as_of} /> {hashOf(each.data_hash, "")}
        {each.quality !== null && (
          <div>
            <Sentence text={each.quality} />
          </div>
        )}
      </span>,
    ]),
    ["Seed", String(seed)],
    ["Engine", `ArbitraX ${result.engine_version}`],
    ["Spec", hashOf(result.run_hash, "")],
    ["Result", hashOf(result.result_hash, "")],
    ...(isRecorded
      ? [["Stored", <Moment key="stored" at={run.created_at} why="It was not stored." />] as [string, ReactNode]]
      : times(run)),
  ];
  return (
    <>
      <dl className={classes["facts"]}>
        {facts.map(([label, value]) => (
          <Fact key={label} label={label}>
            {value}
          </Fact>
        ))}
      </dl>
      {!isRecorded && (
        <p className={classes["summary"]}>
          Re-run does it again and compares every byte; so does, on the command line,{" "}
          <Code>arbitrax backtest reproduce {run.id}</Code>
        </p>
      )}
    </>
  );
}

function times(run: BacktestMessage): [string, ReactNode][] {
  const seconds = secondsOf(run);
  return [
    ["Asked for", <Moment key="created" at={run.created_at} />],
    ["Ended", <Moment key="finished" at={run.finished_at} />],
    [
      "Took",
      seconds === undefined ? <Missing key="took" why="It ran on the command line." /> : formatDuration(seconds),
    ],
  ];
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

function hashOf(hash: string | null, why: string): ReactNode {
  return hash === null ? <Missing why={why} /> : <code title={hash}>{hash.slice(0, 16)}</code>;
}
