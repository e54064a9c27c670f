import { Button, Group } from "@mantine/core";
import { useMemo, useState, type SubmitEvent } from "react";
import {
  isApiError,
  sentenceOf,
  useAddBacktestMutation,
  type BacktestMessage,
  type InstrumentMessage,
  type StrategyMessage,
} from "@/api";
import classes from "./BacktestForm.module.css";
import { checkForm, type Wrong } from "./check";
import { Foresight } from "./Foresight";
import { foresee, type Foreseen } from "./foresight";
import { bodyOf, type FormValues } from "./form_values";
import { MoneyFields } from "./MoneyFields";
import { SeriesFields } from "./SeriesFields";
import { StrategyFields } from "./StrategyFields";
import { useValidation } from "./use_validation";

interface BacktestFormProps {
  readonly strategies: readonly StrategyMessage[];
  readonly instruments: readonly InstrumentMessage[];
  readonly initial: FormValues;
  readonly onAdded: (run: BacktestMessage) => void;
}

/** Everything that decides a run, made of the strategy's own schema; wrong fields say so as they are typed. */
export function BacktestForm({ strategies, instruments, initial, onAdded }: BacktestFormProps) {
  const [values, setValues] = useState(initial);
  const strategy = strategies.find((each) => each.name === values.strategy);
  const own = useMemo(() => checkForm(values, strategy, instruments), [values, strategy, instruments]);
  const body = useMemo(() => bodyOf(values, strategy), [values, strategy]);
  const isWrong = Object.keys(own).length > 0;
  const { told, error, isBehind } = useValidation(isWrong ? undefined : body);
  const [add, { isLoading, error: refused, reset }] = useAddBacktestMutation();
  // What nobody has chosen yet is missing, not wrong.
  const isUnchosen = values.symbols.length === 0;
  const others = Object.fromEntries(Object.entries(own).filter(([pointer]) => pointer !== "/symbols"));
  const wrong: Wrong = { ...pointersOf(refused ?? error), ...(isUnchosen ? others : own) };
  const change = (some: Partial<FormValues>) => {
    setValues((before) => ({ ...before, ...some }));
    reset();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isWrong) return;
    const { data } = await add({ newBacktest: body });
    if (data !== undefined) onAdded(data);
  };
  const failure = refused ?? (isBehind ? undefined : error);
  const lines: Foreseen[] = isWrong
    ? [{ level: isUnchosen && Object.keys(others).length === 0 ? "ok" : "wrong", text: whatIsMissing(own) }]
    : failure !== undefined
      ? [{ level: "wrong", text: sentenceOf(failure) }]
      : foresee(values, told, instruments);
  return (
    <form className={classes["form"]} onSubmit={(event) => void submit(event)} noValidate>
      <StrategyFields strategies={strategies} values={values} wrong={wrong} onChange={change} />
      <div className={classes["part"]} style={{ gap: 24 }}>
        <SeriesFields instruments={instruments} values={values} wrong={wrong} onChange={change} />
        <MoneyFields values={values} wrong={wrong} onChange={change} />
      </div>
      <div className={classes["end"]}>
        <Foresight lines={lines} isBehind={!isWrong && isBehind} />
        <Group gap="sm">
          <Button type="submit" loading={isLoading} disabled={isWrong || failure !== undefined}>
            Run backtest
          </Button>
        </Group>
      </div>
    </form>
  );
}

/** What the gateway refused, by field; of a symbol under the field of them all. */
function pointersOf(error: unknown): Wrong {
  if (!isApiError(error)) return {};
  return Object.fromEntries(
    error.fields.map(({ pointer, detail }) => [/^\/symbols\//.test(pointer) ? "/symbols" : pointer, detail]),
  );
}

function whatIsMissing(wrong: Wrong): string {
  const [text = "", ...more] = Object.values(wrong);
  return more.length > 0 ? `${more.length + 1} fields are to be mended first.` : text;
}
