import { Checkbox, Select, TextInput } from "@mantine/core";
import type { ParameterMessage } from "@/api";
import { formatDecimal } from "@/format";
import { HINT_BELOW } from "./field_order";

interface ParameterFieldProps {
  readonly parameter: ParameterMessage;
  /** Undefined: its default. */
  readonly value: string | boolean | undefined;
  readonly error: string | undefined;
  readonly onChange: (value: string | boolean) => void;
}

/** A parameter of a strategy, by its schema: what it is, from where to where, and what it is by default. */
export function ParameterField({ parameter, value, error, onChange }: ParameterFieldProps) {
  const { name, type, choices, description, default: standard } = parameter;
  const label = name.replaceAll("_", " ");
  if (type === "bool") {
    return (
      <Checkbox
        label={label}
        description={description}
        error={error}
        checked={typeof value === "boolean" ? value : standard === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  const shared = {
    label,
    error,
    inputWrapperOrder: HINT_BELOW,
    description: [description, boundsText(parameter)].filter(Boolean).join("; "),
  };
  const text = typeof value === "string" ? value : String(standard);
  if (choices.length > 0) {
    return (
      <Select {...shared} data={choices} value={text} allowDeselect={false} onChange={(each) => onChange(each ?? "")} />
    );
  }
  return (
    <TextInput
      {...shared}
      value={text}
      placeholder={String(standard)}
      inputMode={type === "str" ? "text" : type === "int" ? "numeric" : "decimal"}
      rightSection={unitOf(parameter)}
      rightSectionWidth={52}
      rightSectionPointerEvents="none"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function boundsText({ type, low, high, default: standard }: ParameterMessage): string {
  if (type === "str") return standard === "" ? "" : `default ${String(standard)}`;
  const [least, most] = [low, high].map((each) => (each === null ? undefined : formatDecimal(String(each))));
  const between =
    least !== undefined && most !== undefined
      ? `${least} to ${most}`
      : least !== undefined
        ? `at least ${least}`
        : most !== undefined
          ? `at most ${most}`
          : "";
  return [between, `default ${formatDecimal(String(standard))}`].filter(Boolean).join(", ");
}

/** Schemas say units at the beginning of what they say. */
function unitOf({ type, description }: ParameterMessage): string | undefined {
  if (type === "str") return undefined;
  const first = /^(?:window|share|bars?|days?|months?|distance)\b/.exec(description)?.[0];
  if (first === undefined || first === "distance") return undefined;
  return first.startsWith("window") || first.startsWith("bar") ? "bars" : first === "share" ? undefined : first;
}
