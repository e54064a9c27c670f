/** What the gateway would say to the form, asked a moment after somebody stopped typing. */
import { useEffect, useState } from "react";
import { useValidateBacktestMutation, type BacktestValidation, type NewBacktest } from "@/api";

const PAUSE_MS = 250;

export interface Validation {
  readonly told: BacktestValidation | undefined;
  readonly error: unknown;
  /** What is told is of something else than what stands there now. */
  readonly isBehind: boolean;
}

/** `body` undefined: there is nothing to ask yet. It is looked at by its content. */
export function useValidation(body: NewBacktest | undefined): Validation {
  const [ask] = useValidateBacktestMutation();
  const [found, setFound] = useState<{ of: string; told?: BacktestValidation; error?: unknown }>();
  const text = body === undefined ? "" : JSON.stringify(body);
  useEffect(() => {
    if (text === "") return undefined;
    let isWanted = true;
    const timer = setTimeout(() => {
      void ask({ newBacktest: JSON.parse(text) as NewBacktest }).then(({ data, error }) => {
        if (isWanted) setFound(data === undefined ? { of: text, error } : { of: text, told: data });
      });
    }, PAUSE_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [text, ask]);
  const isBehind = found?.of !== text;
  return { told: found?.told, error: isBehind ? undefined : found.error, isBehind };
}
