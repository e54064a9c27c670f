import { Select, Text } from "@mantine/core";
import type { StrategyMessage } from "@/api";
import type { Wrong } from "./check";
import classes from "./BacktestForm.module.css";
import type { FormValues } from "./form_values";
import { ParameterField } from "./ParameterField";

interface StrategyFieldsProps {
  readonly strategies: readonly StrategyMessage[];
  readonly values: FormValues;
  readonly wrong: Wrong;
  readonly onChange: (change: Partial<FormValues>) => void;
}

/** What runs. */
export function StrategyFields({ strategies, values, wrong, onChange }: StrategyFieldsProps) {
  const strategy = strategies.find((each) => each.name === values.strategy);
  return (
    <fieldset className={classes["part"]}>
      <legend>Strategy</legend>
      <Select
        aria-label="Strategy"
        data={strategies.map(({ name }) => name)}
        value={values.strategy}
        error={wrong["/strategy"]}
        searchable
        allowDeselect={false}
        onChange={(name) => onChange({ strategy: name ?? "", parameters: {} })}
      />
      <Text size="sm" c="var(--faint)" className={classes["summary"]}>
        {strategy?.summary}
      </Text>
      <div className={classes["pair"]}>
        {(strategy?.parameters ?? []).map((each) => (
          <ParameterField
            key={`${values.strategy} ${each.name}`}
            parameter={each}
            value={values.parameters[each.name]}
            error={wrong[`/parameters/${each.name}`]}
            onChange={(value) => onChange({ parameters: { ...values.parameters, [each.name]: value } })}
          />
        ))}
      </div>
      {wrong["/parameters"] !== undefined && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {wrong["/parameters"]}
        </Text>
      )}
    </fieldset>
  );
}
