/** Lists that the recorder keeps a moment behind the exchange: asked for anew after what happened, and then once in a while. */
import { useEffect, useRef } from "react";

/** The recorder is behind by some ten ms; by more when much happens. */
const AFTER_MS = [120, 800, 3_000];
/** So that nothing is missing for long when it is far behind. */
export const RECORDED_EVERY_MS = 10_000;

/** `occasion`: something happened when it is another one than before. */
export function useRecorded(refetch: () => unknown, occasion: unknown): void {
  const ask = useRef(refetch);
  useEffect(() => {
    ask.current = refetch;
  });
  useEffect(() => {
    const timers = AFTER_MS.map((each) => setTimeout(() => ask.current(), each));
    return () => {
      for (const each of timers) clearTimeout(each);
    };
  }, [occasion]);
}
