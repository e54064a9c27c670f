import { Button, Skeleton, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Check, CircleAlert, Minus, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useGetBacktestHonestyQuery, type RunResult } from "@/api";
import { Loaded } from "@/app/states";
import { formatNumber, formatPercent, formatScore, Missing, Sentence, usePrinting } from "@/format";
import { linesOf, qualityOf, type Honesty, type Verdict } from "./honesty";
import classes from "./HonestyPanel.module.css";

const ICONS = { ok: Check, warning: TriangleAlert, failed: CircleAlert, "n/a": Minus };
const WORDS = { ok: "holds", warning: "doubtful", failed: "failed", "n/a": "not tested" };

interface HonestyPanelProps {
  readonly backtest: string;
  readonly assets: RunResult["assets"];
}

/** What its author should doubt before believing a result: in one line, and each part in a sentence. */
export function HonestyPanel({ backtest, assets }: HonestyPanelProps) {
  const query = useGetBacktestHonestyQuery({ backtest });
  return (
    <Loaded
      query={query}
      skeleton={
        <section className={classes["panel"]} aria-busy="true" aria-label="Honesty">
          <div className={classes["facts"]}>
            <Text size="sm" c="var(--faint)">
              Testing for look-ahead, luck and costs
            </Text>
            <Skeleton height={12} width="40%" />
          </div>
        </section>
      }
    >
      {(found) => <Panel honesty={found as unknown as Honesty} assets={assets} />}
    </Loaded>
  );
}

function Panel({ honesty, assets }: { readonly honesty: Honesty; readonly assets: RunResult["assets"] }) {
  const [isOpen, { toggle }] = useDisclosure();
  const isPrinting = usePrinting();
  const lines = linesOf(honesty);
  const doubts = lines.filter((each) => each.verdict === "warning" || each.verdict === "failed").length;
  const { look_ahead: ahead, costs, intervals, concentration, flags } = honesty;
  const twice = costs.multiples.find((each) => each.multiple === 2);
  const quality = qualityOf(assets);
  const deflated = flags.find((each) => each.name === "deflated_sharpe" || each.name === "probabilistic_sharpe");
  return (
    <section className={classes["panel"]} data-verdict={honesty.verdict} aria-label="Honesty">
      <div className={classes["first"]}>
        <div className={classes["facts"]}>
          <Fact verdict={ahead.verdict} label="look-ahead">
            {ahead.verdict === "ok" ? `none in ${ahead.cuts.length} cuts` : shown(ahead)}
          </Fact>
          <Fact verdict={intervals.verdict} label="95% Sharpe">
            {intervals.sharpe === null ? (
              <Missing why={intervals.sentence} />
            ) : (
              `${formatNumber(intervals.sharpe.low, { digits: 2 })} to ${formatNumber(intervals.sharpe.high, { digits: 2 })}`
            )}
          </Fact>
          {deflated !== undefined && (
            <Fact
              verdict={deflated.verdict}
              label={deflated.name === "deflated_sharpe" ? "deflated Sharpe" : "Sharpe > 0"}
            >
              {/\d[\d.]*%/.exec(deflated.sentence)?.[0] ?? shown(deflated)}
            </Fact>
          )}
          <Fact verdict={costs.verdict} label="costs ×2">
            {twice === undefined ? shown(costs) : formatPercent(twice.total_return, 0, true)}
          </Fact>
          <Fact verdict={concentration.verdict} label={`best ${concentration.best} trades`}>
            {concentration.share === null ? (
              <Missing why={concentration.sentence} />
            ) : (
              `${formatPercent(concentration.share, 0)} of P&L`
            )}
          </Fact>
          {quality === undefined ? (
            <Fact verdict="n/a" label="data">
              <Missing why="No quality report of its bars doubted anything when it ran." />
            </Fact>
          ) : (
            <Fact verdict="warning" label="data" title={quality.sentence}>
              {formatScore(quality.score)}/100
            </Fact>
          )}
        </div>
        <Button size="compact-sm" variant="subtle" onClick={toggle} aria-expanded={isOpen}>
          {isOpen ? "Less" : doubts === 0 ? "All parts" : doubts === 1 ? "1 doubt" : `${doubts} doubts`}
        </Button>
      </div>
      {(isOpen || isPrinting) && (
        <dl className={classes["lines"]}>
          {lines.map(({ label, verdict, sentence }) => (
            <Row key={label + sentence} verdict={verdict} label={label} sentence={sentence} />
          ))}
        </dl>
      )}
    </section>
  );
}

function Row({ verdict, label, sentence }: { verdict: Verdict; label: string; sentence: string }) {
  return (
    <>
      <Mark verdict={verdict} />
      <dt>{label}</dt>
      <dd>
        <Sentence text={sentence} />
      </dd>
    </>
  );
}

interface FactProps {
  readonly verdict: Verdict;
  readonly label: string;
  /** More of it, on hover. */
  readonly title?: string;
  readonly children: ReactNode;
}

function Fact({ verdict, label, title, children }: FactProps) {
  return (
    <span className={classes["fact"]} title={title}>
      <Mark verdict={verdict} />
      <span>{label}</span> <b>{children}</b>
    </span>
  );
}

function Mark({ verdict }: { readonly verdict: Verdict }) {
  const Icon = ICONS[verdict];
  return <Icon size={14} className={classes["mark"]} data-verdict={verdict} aria-label={WORDS[verdict]} role="img" />;
}

function shown({ verdict, sentence }: { verdict: Verdict; sentence: string }): ReactNode {
  return verdict === "n/a" ? <Missing why={sentence} /> : WORDS[verdict];
}
