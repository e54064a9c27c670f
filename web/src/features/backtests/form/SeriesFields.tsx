import { Select } from "@mantine/core";
import type { InstrumentMessage } from "@/api";
import { DateField } from "@/fields/DateField";
import { isDay } from "@/fields/day";
import classes from "./BacktestForm.module.css";
import type { Wrong } from "./check";
import { CoverageSpans } from "./CoverageSpans";
import type { FormValues } from "./form_values";
import { intervalChoices } from "./intervals";
import { SymbolField } from "./SymbolField";

interface SeriesFieldsProps {
  readonly instruments: readonly InstrumentMessage[];
  readonly values: FormValues;
  readonly wrong: Wrong;
  readonly onChange: (change: Partial<FormValues>) => void;
}

/** What it runs on: symbols, interval, days. */
export function SeriesFields({ instruments, values, wrong, onChange }: SeriesFieldsProps) {
  const days = { start: isDay(values.start) ? values.start : "", end: isDay(values.end) ? values.end : "" };
  return (
    <fieldset className={classes["part"]}>
      <legend>Data</legend>
      <SymbolField
        instruments={instruments}
        interval={values.interval}
        symbols={values.symbols}
        error={wrong["/symbols"] ?? wrong[`/symbols/${values.symbols.length - 1}`]}
        onChange={(symbols) => onChange({ symbols })}
      />
      <div className={classes["pair"]}>
        <Select
          label="Interval"
          data={intervalChoices(instruments, values.symbols)}
          value={values.interval}
          error={wrong["/interval"]}
          allowDeselect={false}
          onChange={(interval) => onChange({ interval: interval ?? "1d" })}
        />
        <Select
          label="Compared with"
          data={instruments.map(({ symbol }) => symbol)}
          value={values.benchmark === "" ? null : values.benchmark}
          placeholder="Holding the same"
          error={wrong["/benchmark"]}
          searchable
          clearable
          onChange={(symbol) => onChange({ benchmark: symbol ?? "" })}
        />
        <DateField
          label="From (empty: first bar)"
          value={values.start}
          error={wrong["/start"]}
          onChange={(start) => onChange({ start })}
        />
        <DateField
          label="To, included (empty: last bar)"
          value={values.end}
          error={wrong["/end"]}
          onChange={(end) => onChange({ end })}
        />
      </div>
      <CoverageSpans instruments={instruments} values={{ ...values, ...days }} />
    </fieldset>
  );
}
