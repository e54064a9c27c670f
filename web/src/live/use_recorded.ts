/** Lists that the recorder keeps a moment behind the exchange: asked for anew after what happened, until it is there. */
import { useEffect, useRef } from "react";

/** The recorder is behind by some ten ms; by more when much happens. */
const AFTER_MS = [120, 800, 3_000];
/** Between later tries, while what happened is known not to be there. */
const LATER_MS = 10_000;

/**
 * `occasion`: something happened when it is another one than before. `isThere`: whether what happened is in the list;
 * undefined: nobody can tell, and after a few tries it is taken to be.
 */
export function useRecorded(refetch: () => unknown, occasion: unknown, isThere?: boolean): void {
  const ask = useRef(refetch);
  useEffect(() => {
    ask.current = refetch;
  });
  const isWaiting = isThere !== true;
  const knows = isThere !== undefined;
  useEffect(() => {
    if (!isWaiting) return undefined;
    let tries = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      const wait = AFTER_MS[tries] ?? (knows ? LATER_MS : undefined);
      if (wait === undefined) return;
      timer = setTimeout(() => {
        tries += 1;
        ask.current();
        later();
      }, wait);
    };
    later();
    return () => clearTimeout(timer);
  }, [occasion, isWaiting, knows]);
}
