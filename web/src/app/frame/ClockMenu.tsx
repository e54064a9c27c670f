import { Menu, UnstyledButton } from "@mantine/core";
import { formatTimeOfDay, prefer, useNow, usePreferences, zoneName, type Clock } from "@/format";
import { useAppDispatch } from "../store";
import classes from "./Frame.module.css";

const CLOCKS: readonly { readonly clock: Clock; readonly label: string }[] = [
  { clock: "utc", label: "UTC" },
  { clock: "exchange", label: "Exchange (New York)" },
  { clock: "local", label: "This computer" },
];

/** The clock of all times of the page. */
export function ClockMenu() {
  const dispatch = useAppDispatch();
  const { clock } = usePreferences();
  const now = useNow();
  const [time, zone] = [formatTimeOfDay(now, clock), zoneName(clock)];
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton className={classes["clock"] ?? ""} aria-label={`${time} ${zone}, choose the clock`}>
          {time} <span>{zone}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Times are shown in</Menu.Label>
        {CLOCKS.map((each) => (
          <Menu.Item
            key={each.clock}
            role="menuitemradio"
            aria-checked={clock === each.clock}
            rightSection={<span className={classes["mono"]}>{formatTimeOfDay(now, each.clock).slice(0, 5)}</span>}
            fw={clock === each.clock ? 600 : undefined}
            onClick={() => dispatch(prefer({ clock: each.clock }))}
          >
            {each.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
