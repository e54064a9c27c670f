import { SegmentedControl, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { useAppDispatch } from "@/app/store";
import { Section } from "@/app/Page";
import { formatTime, prefer, useNow, usePreferences, zoneName, type Clock } from "@/format";
import classes from "./Settings.module.css";

const SCHEMES: { value: MantineColorScheme; label: string }[] = [
  { value: "auto", label: "As this computer" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];
const CLOCKS: { value: Clock; label: string }[] = [
  { value: "utc", label: "UTC" },
  { value: "exchange", label: "New York" },
  { value: "local", label: "This computer" },
];
const COLOURS: { value: "blue-orange" | "green-red"; label: string }[] = [
  { value: "blue-orange", label: "Blue and orange" },
  { value: "green-red", label: "Green and red" },
];

/** How this browser shows things; it is kept in this browser only. */
export function Appearance() {
  const dispatch = useAppDispatch();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { clock, gainLoss } = usePreferences();
  const now = useNow();
  return (
    <>
      <Choice title="Theme" data={SCHEMES} value={colorScheme} onChange={setColorScheme} />
      <Choice
        title="Gain and loss"
        data={COLOURS}
        value={gainLoss}
        onChange={(chosen) => dispatch(prefer({ gainLoss: chosen }))}
      >
        <span className={classes["sample"]} data-tabular>
          <span className={classes["gain"]}>+1.25%</span> <span className={classes["loss"]}>−0.80%</span>
        </span>
      </Choice>
      <Choice title="Clock" data={CLOCKS} value={clock} onChange={(chosen) => dispatch(prefer({ clock: chosen }))}>
        <span data-tabular>
          {formatTime(now, clock)} {zoneName(clock)}
        </span>
      </Choice>
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly title: string;
  readonly data: { value: T; label: string }[];
  readonly value: T;
  readonly onChange: (chosen: T) => void;
  /** What it looks like. */
  readonly children?: ReactNode;
}

function Choice<T extends string>({ title, data, value, onChange, children }: ChoiceProps<T>) {
  return (
    <Section title={title}>
      <div className={classes["shown"]}>
        <SegmentedControl<T> aria-label={title} data={data} value={value} onChange={onChange} />
        {children}
      </div>
    </Section>
  );
}
