import { Code, Text } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./states.module.css";

interface EmptyProps {
  readonly title: string;
  /** What this place would show. */
  readonly children?: ReactNode;
  /** The button that fills it. */
  readonly action?: ReactNode;
  /** The command that fills it. */
  readonly command?: string;
}

/** Nothing is there yet: says what would be, and what fills it. */
export function Empty({ title, children, action, command }: EmptyProps) {
  return (
    <div className={classes["state"]}>
      <Text fw={600}>{title}</Text>
      {children !== undefined && <Text c="var(--faint)">{children}</Text>}
      {action}
      {command !== undefined && (
        <Text size="sm" c="var(--faint)">
          Or on the command line: <Code>{command}</Code>
        </Text>
      )}
    </div>
  );
}
