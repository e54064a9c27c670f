import "@mantine/dates/styles.layer.css";
import { ActionIcon, Popover, TextInput, type TextInputProps } from "@mantine/core";
import { DatePicker } from "@mantine/dates";
import { CalendarDays } from "lucide-react";
import { useState } from "react";
import { isDay } from "./day";

interface DateFieldProps extends Omit<TextInputProps, "label" | "value" | "onChange" | "type"> {
  readonly label: string;
  /** As 2024-01-31; empty: none. */
  readonly value: string;
  /** A day, nothing, or what was typed in place of one and left. */
  readonly onChange: (value: string) => void;
}

/** In red: markets that never close have bars then too, and red is no colour of a day here. */
const NONE: (0 | 1 | 2 | 3 | 4 | 5 | 6)[] = [];

/** A day, typed as 2024-01-31 or chosen from a calendar. */
export function DateField({ label, value, onChange, onBlur, ...rest }: DateFieldProps) {
  const [isOpen, setOpen] = useState(false);
  /** Not a day yet; undefined: nothing is being typed. */
  const [typed, setTyped] = useState<string>();
  const tell = (text: string) => {
    setTyped(undefined);
    if (text !== value) onChange(text);
  };
  const leave = () => {
    if (typed !== undefined) tell(typed.trim());
  };
  const day = isDay(value) ? value : null;
  const calendar = (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Choose a day: ${label}`}
          onClick={() => setOpen((was) => !was)}
        >
          <CalendarDays size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <DatePicker
          size="xs"
          weekendDays={NONE}
          value={day}
          {...(day === null ? {} : { defaultDate: day })}
          onChange={(chosen) => {
            tell(chosen ?? "");
            setOpen(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
  return (
    <TextInput
      label={label}
      placeholder="YYYY-MM-DD"
      autoComplete="off"
      maxLength={10}
      data-tabular
      {...rest}
      value={typed ?? value}
      onChange={(event) => {
        const text = event.currentTarget.value;
        if (text === "" || isDay(text)) tell(text);
        else setTyped(text);
      }}
      onBlur={(event) => {
        leave();
        onBlur?.(event);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") leave(); // before it is sent
      }}
      rightSection={calendar}
    />
  );
}
