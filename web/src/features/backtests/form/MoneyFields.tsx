import { NumberInput, SegmentedControl, Select, TextInput } from "@mantine/core";
import classes from "./BacktestForm.module.css";
import type { Wrong } from "./check";
import { OWN, PRESETS, presetOf } from "./costs";
import { HINT_BELOW } from "./field_order";
import type { FormValues } from "./form_values";

interface MoneyFieldsProps {
  readonly values: FormValues;
  readonly wrong: Wrong;
  readonly onChange: (change: Partial<FormValues>) => void;
}

/** With how much money, at which costs, filled when. */
export function MoneyFields({ values, wrong, onChange }: MoneyFieldsProps) {
  const { costs } = values;
  const chosen = presetOf(costs);
  const bps = (name: "commission_bps" | "slippage_bps", label: string) => (
    <NumberInput
      label={label}
      description="basis points of the value"
      inputWrapperOrder={HINT_BELOW}
      value={costs[name]}
      error={wrong[`/${name}`]}
      min={0}
      max={10_000}
      decimalScale={4}
      hideControls
      onChange={(value) => onChange({ costs: { ...costs, [name]: typeof value === "number" ? value : NaN } })}
    />
  );
  return (
    <fieldset className={classes["part"]}>
      <legend>Money and fills</legend>
      <div className={classes["pair"]}>
        <TextInput
          label="Cash"
          description="quote currency"
          inputWrapperOrder={HINT_BELOW}
          inputMode="decimal"
          value={values.cash}
          error={wrong["/cash"]}
          onChange={(event) => onChange({ cash: event.currentTarget.value.replaceAll(/[\s,]/g, "") })}
        />
        <Select
          label="Costs"
          description={PRESETS.find((each) => each.id === chosen)?.about ?? "As written below"}
          inputWrapperOrder={HINT_BELOW}
          data={[
            ...PRESETS.map(({ id, label }) => ({ value: id, label })),
            ...(chosen === OWN ? [{ value: OWN, label: "Own" }] : []),
          ]}
          value={chosen}
          error={wrong["/costs"]}
          allowDeselect={false}
          onChange={(id) => {
            const found = PRESETS.find((each) => each.id === id);
            if (found !== undefined) onChange({ costs: found.fields });
          }}
        />
        {bps("commission_bps", "Commission")}
        {bps("slippage_bps", "Slippage")}
      </div>
      <SegmentedControl
        aria-label="Fills"
        value={values.fill}
        data={[
          { value: "next_open", label: "Fill at the next open" },
          { value: "same_close", label: "Fill at the same close" },
        ]}
        onChange={(fill) => onChange({ fill: fill === "same_close" ? "same_close" : "next_open" })}
      />
      <SegmentedControl
        aria-label="Prices"
        value={values.prices}
        data={[
          { value: "adjusted", label: "Adjusted prices" },
          { value: "raw", label: "Raw, with splits and dividends" },
        ]}
        onChange={(prices) => onChange({ prices: prices === "raw" ? "raw" : "adjusted" })}
      />
    </fieldset>
  );
}
