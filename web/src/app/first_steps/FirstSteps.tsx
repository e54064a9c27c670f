import { Alert, Button, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { sentenceOf, useAddBacktestMutation, useListSeriesQuery, useListStrategiesQuery } from "@/api";
import { useMay } from "../may";
import { Loaded, TextSkeleton } from "../states";
import { firstRun, proposedOf, seriesOf } from "./first_run";
import classes from "./FirstSteps.module.css";
import { PricesStep } from "./PricesStep";
import { StrategyStep } from "./StrategyStep";

/** From nothing to a first result: prices, a strategy, a run. Three clicks at the most. */
export function FirstSteps() {
  const series = useListSeriesQuery({ limit: 500 });
  const strategies = useListStrategiesQuery({ limit: 500 });
  const [chosenSymbol, setSymbol] = useState<string>();
  const [chosenStrategy, setStrategy] = useState<string>();
  const [add, { error, isLoading }] = useAddBacktestMutation();
  const mayRun = useMay("trade");
  const navigate = useNavigate();
  const stored = seriesOf(series.data?.data ?? []);
  const proposed = proposedOf(strategies.data?.data ?? []);
  const symbol = chosenSymbol ?? stored[0]?.symbol;
  const strategy = chosenStrategy ?? proposed[0]?.name;
  const isReady = symbol !== undefined && strategy !== undefined && mayRun;
  const run = async () => {
    if (symbol === undefined || strategy === undefined) return;
    const answer = await add({ newBacktest: firstRun(strategy, symbol) });
    if (answer.data !== undefined) void navigate(`/backtests/${answer.data.id}`);
  };
  return (
    <ol className={classes["steps"]} aria-label="Three steps to a first result">
      <Step number={1} title="Prices" isDone={symbol !== undefined}>
        <Loaded query={series} skeleton={<TextSkeleton lines={2} />}>
          {() => <PricesStep series={stored} symbol={symbol} onChoose={setSymbol} />}
        </Loaded>
      </Step>
      <Step number={2} title="Strategy" isDone={strategy !== undefined}>
        <Loaded query={strategies} skeleton={<TextSkeleton lines={4} />}>
          {() => <StrategyStep strategies={proposed} chosen={strategy} onChoose={setStrategy} />}
        </Loaded>
      </Step>
      <Step number={3} title="Run" isDone={isReady}>
        <Text size="sm" c="var(--faint)" mb="sm">
          All bars, 100 000 in cash, 10 basis points of commission; compared with buying and holding.
        </Text>
        <Button disabled={!isReady} loading={isLoading} onClick={() => void run()}>
          Run backtest
        </Button>
        {!isReady && (
          <Text size="sm" c="var(--faint)" mt="sm">
            {whatIsMissing(mayRun, symbol)}
          </Text>
        )}
        {error !== undefined && (
          <Alert color="orange" role="alert" mt="sm">
            {sentenceOf(error)}
          </Alert>
        )}
      </Step>
    </ol>
  );
}

function whatIsMissing(mayRun: boolean, symbol: string | undefined): string {
  if (!mayRun) return "A viewer runs nothing; an admin can make you a trader.";
  return symbol === undefined ? "Prices are missing: load them first." : "A strategy is missing: choose one first.";
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  /** Nothing of it is missing. */
  readonly isDone: boolean;
  readonly children: ReactNode;
}

function Step({ number, title, isDone, children }: StepProps) {
  return (
    <li className={classes["step"]} data-done={isDone || undefined}>
      <span className={classes["number"]} aria-hidden>
        {number}
      </span>
      <div className={classes["content"]}>
        <h3>{title}</h3>
        {children}
      </div>
    </li>
  );
}
