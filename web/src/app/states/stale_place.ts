/**
 * Places that say of what is in them that it is old: the head of a page or a section. What is in them tells its place, so
 * that the mark comes and goes where there is room for it, and nothing moves.
 */
import { createContext, use, useCallback, useLayoutEffect, useState } from "react";
import { useConnection } from "@/live";

/** Returns how to take it back. */
type Tell = (at: number) => () => void;

export const StalePlace = createContext<Tell | undefined>(undefined);

/** As of when what comes by itself is, ms since 1970; undefined: it is as it is now. */
export function useStaleAt(): number | undefined {
  const { state, heardAt } = useConnection();
  return state === "offline" ? heardAt : undefined;
}

/** Tell the place around that something in it is as of a time; undefined: it is not old. */
export function useTellStale(at: number | undefined): void {
  const tell = use(StalePlace);
  useLayoutEffect(() => (at === undefined ? undefined : tell?.(at)), [tell, at]);
}

/** A place: as of when the oldest in it is, and what those in it tell by. */
export function useStalePlace(): readonly [at: number | undefined, tell: Tell] {
  const [told, setTold] = useState<readonly { readonly at: number }[]>([]);
  const tell = useCallback<Tell>((at) => {
    const mark = { at };
    setTold((before) => [...before, mark]);
    return () => setTold((before) => before.filter((each) => each !== mark));
  }, []);
  return [told.length === 0 ? undefined : Math.min(...told.map((each) => each.at)), tell];
}
