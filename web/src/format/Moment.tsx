import { Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import { DateText } from "./DateText";
import { Missing } from "./Missing";
import { usePreferences } from "./preferences";
import { formatAge, formatTime, zoneName } from "./time";

interface MomentProps {
  readonly at: string | number | null | undefined;
  readonly precision?: "minute" | "second" | "ms";
  /** Why there is none. */
  readonly why?: string;
}

/** A time by the page's clock. */
export function Moment({ at, precision = "second", why = "It has not happened." }: MomentProps) {
  const { clock } = usePreferences();
  if (at === null || at === undefined) return <Missing why={why} />;
  return (
    <time dateTime={new Date(at).toISOString()}>
      <DateText text={formatTime(at, clock, precision)} />
    </time>
  );
}

/** Relative for the last hour, with the time on hover. */
export function Age({ at, why = "It has not happened." }: Pick<MomentProps, "at" | "why">) {
  const { clock } = usePreferences();
  const now = useNow();
  if (at === null || at === undefined) return <Missing why={why} />;
  const time = new Date(at);
  return (
    <Tooltip label={`${formatTime(at, clock)} ${zoneName(clock)}`}>
      <time dateTime={time.toISOString()}>
        <DateText text={formatAge(time.toISOString(), now, clock)} />
      </time>
    </Tooltip>
  );
}

/** The time now, looked at each second. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
