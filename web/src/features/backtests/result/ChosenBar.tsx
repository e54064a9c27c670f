import { CloseButton } from "@mantine/core";
import { spanText, type Span } from "./bins";

interface ChosenBarProps {
  readonly what: "trade-return" | "run-return";
  readonly span: Span | undefined;
  /** What the run's returns are of: "bar", "session". */
  readonly period?: string | undefined;
  readonly onClear: () => void;
}

/** Which bar of a histogram is looked at alone, and the way back. */
export function ChosenBar({ what, span, period = "bar", onClear }: ChosenBarProps) {
  if (span === undefined) return null;
  const text = spanText(span);
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 4 }}>
      {what === "trade-return" ? "Only trades that returned " : `Only trades held in a ${period} that returned `}
      <b>{text}</b>
      <CloseButton size="xs" aria-label={`All returns, not only ${text}`} onClick={onClear} />
    </span>
  );
}
