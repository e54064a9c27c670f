import { MultiSelect, type ComboboxItem } from "@mantine/core";
import { useDeferredValue, useState } from "react";
import { useListInstrumentsQuery, type InstrumentMessage } from "@/api";
import { formatCount, formatScore } from "@/format";
import classes from "./BacktestForm.module.css";
import { spanOf } from "./check";

interface SymbolFieldProps {
  /** Those that are known already. */
  readonly instruments: readonly InstrumentMessage[];
  readonly interval: string;
  readonly symbols: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (symbols: string[]) => void;
}

/** Symbols, found by symbol or name; each says what is stored of it, and how good that is. */
export function SymbolField({ instruments, interval, symbols, error, onChange }: SymbolFieldProps) {
  const [text, setText] = useState("");
  const search = useDeferredValue(text.trim());
  const found = useListInstrumentsQuery({ limit: 50, search }, { skip: search === "" }).data?.data ?? [];
  const known = new Map([...instruments, ...found].map((each) => [each.symbol, each]));
  const option = ({ option: { value } }: { option: ComboboxItem }) => {
    const span = spanOf([...known.values()], value, interval);
    return (
      <span className={classes["option"]}>
        <b>{value}</b>
        <small>{known.get(value)?.name}</small>
        <small>
          {span === undefined
            ? "nothing stored"
            : `${span.first} to ${span.last}, ${formatCount(span.rows)} bars, ${scoreText(span.score)}`}
        </small>
      </span>
    );
  };
  return (
    <MultiSelect
      label="Symbols"
      data={[...known.keys()]}
      value={[...symbols]}
      error={error}
      placeholder={symbols.length === 0 ? "Search by symbol or name" : ""}
      searchValue={text}
      onSearchChange={setText}
      searchable
      clearable
      hidePickedOptions
      nothingFoundMessage="No such symbol is stored; ingest it on the Data page"
      filter={({ options, search: typed }) =>
        (options as ComboboxItem[]).filter(({ value }) =>
          `${value} ${known.get(value)?.name ?? ""}`.toLowerCase().includes(typed.trim().toLowerCase()),
        )
      }
      renderOption={option}
      comboboxProps={{ width: 460, position: "bottom-start" }}
      onChange={onChange}
    />
  );
}

export function scoreText(score: number | null): string {
  return score === null ? "quality not looked at" : `quality ${formatScore(score)}`;
}
