import { Code, Text } from "@mantine/core";
import classes from "./states.module.css";

/** The gateway does not answer, and nothing is known yet. The page goes on by itself when it does. */
export function Offline({ isWhole = false }: { readonly isWhole?: boolean }) {
  return (
    <div className={isWhole ? classes["whole"] : classes["state"]} role="status">
      <Text fw={600}>The gateway does not answer</Text>
      <Text c="var(--faint)">
        This page goes on by itself as soon as it does. Is <Code>arbitrax up</Code> running?
      </Text>
    </div>
  );
}
