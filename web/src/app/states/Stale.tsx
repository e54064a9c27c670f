import { Text } from "@mantine/core";
import { Age } from "@/format";
import classes from "./states.module.css";

interface StaleProps {
  readonly at: number;
  /** On a narrow screen its age alone. */
  readonly isShort?: boolean;
}

/** Says of what is shown that it is old; give it only when it is. */
export function Stale({ at, isShort = false }: StaleProps) {
  return (
    <Text size="sm" c="var(--warn)" role="status" className={classes["stale"] ?? ""} data-short={isShort || undefined}>
      Not updated; as of <Age at={at} />
    </Text>
  );
}
