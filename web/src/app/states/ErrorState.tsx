import { Button, CopyButton, Group, Text } from "@mantine/core";
import { reportOf, sentenceOf } from "@/api/problems";
import classes from "./states.module.css";

interface ErrorStateProps {
  readonly error: unknown;
  readonly title?: string;
  readonly action?: string;
  readonly onRetry?: (() => void) | undefined;
}

/** Something failed: the cause, another try, and what to tell whoever helps. */
export function ErrorState({
  error,
  title = "This could not be loaded",
  action = "Try again",
  onRetry,
}: ErrorStateProps) {
  return (
    <div className={classes["state"]} role="alert">
      <Text fw={600}>{title}</Text>
      <Text c="var(--faint)">{sentenceOf(error)}</Text>
      <Group gap="sm">
        {onRetry !== undefined && (
          <Button variant="default" onClick={onRetry}>
            {action}
          </Button>
        )}
        <CopyButton value={reportOf(error)}>
          {({ copied, copy }) => (
            <Button variant="subtle" onClick={copy}>
              {copied ? "Copied" : "Copy details"}
            </Button>
          )}
        </CopyButton>
      </Group>
    </div>
  );
}
