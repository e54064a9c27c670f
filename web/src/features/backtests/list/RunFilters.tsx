import { Select } from "@mantine/core";
import { useListInstrumentsQuery, useListStrategiesQuery } from "@/api";
import { STATUS } from "../run_text";
import classes from "./RunFilters.module.css";
import type { Filter } from "./use_run_list";

interface RunFiltersProps {
  readonly filters: Readonly<Record<Filter, string | null>>;
  readonly onFilter: (name: Filter, value: string | null) => void;
}

/** It stands at another place when there are rows, and is mounted again: seconds; that alone is no reason to ask again. */
const SELDOM = { refetchOnMountOrArgChange: 10 };

export function RunFilters({ filters, onFilter }: RunFiltersProps) {
  const strategies = useListStrategiesQuery({ limit: 500 }, SELDOM).data?.data ?? [];
  const instruments = useListInstrumentsQuery({ limit: 500 }, SELDOM).data?.data ?? [];
  const choices: Readonly<Record<Filter, { value: string; label: string }[]>> = {
    status: Object.entries(STATUS).map(([value, label]) => ({ value, label })),
    strategy: strategies.map(({ name }) => ({ value: name, label: name })),
    symbol: instruments.map(({ symbol }) => ({ value: symbol, label: symbol })),
  };
  return (
    <div className={classes["filters"]}>
      {(["status", "strategy", "symbol"] as const).map((name) => (
        <Select
          key={name}
          size="xs"
          aria-label={`Only of a ${name}`}
          placeholder={`Any ${name}`}
          data={choices[name]}
          value={filters[name]}
          searchable={name !== "status"}
          clearable
          onChange={(value) => onFilter(name, value)}
        />
      ))}
    </div>
  );
}
