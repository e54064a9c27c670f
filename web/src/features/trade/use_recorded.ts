/** Lists that the recorder keeps a moment behind the exchange: asked for anew after what happened. */
import { useEffect, useRef } from "react";

/** The recorder is behind by some ten ms; by more when much happens. */
const AFTER_MS = [120, 800, 3_000];

/** `occasion`: something happened when it is another one than before. */
export function useRecorded(refetch: () => unknown, occasion: unknown): void {
  const seen = useRef(occasion);
  const ask = useRef(refetch);
  useEffect(() => {
    ask.current = refetch;
  });
  useEffect(() => {
    if (seen.current === occasion) return undefined;
    seen.current = occasion;
    const timers = AFTER_MS.map((each) => setTimeout(() => ask.current(), each));
    return () => {
      for (const each of timers) clearTimeout(each);
    };
  }, [occasion]);
}
