/** Where the focus goes when the row that had it goes away: to the next row that can be cancelled, not to the body. */
import { useLayoutEffect, useRef, type FocusEvent, type RefObject } from "react";

/** What marks the buttons that the focus may go to. */
export const NEXT = { "data-next-focus": "" } as const;
const SELECTOR = "[data-next-focus]";

/** Of a button that does nothing now and keeps the focus, which a disabled one loses. */
export function dimmed(isDimmed: boolean) {
  return isDimmed ? { "data-disabled": true, "aria-disabled": true } : {};
}

interface Kept {
  readonly element: Element;
  /** Where it goes instead, the nearest first. */
  readonly others: readonly Element[];
}

interface FocusKeeper {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly onFocus: (event: FocusEvent<HTMLElement>) => void;
  readonly onBlur: (event: FocusEvent<HTMLElement>) => void;
}

/** For the element around the rows, which has the focus when no row is left; `rows`: another object when they change. */
export function useNextFocus(rows: unknown): FocusKeeper {
  const ref = useRef<HTMLDivElement>(null);
  const kept = useRef<Kept>(undefined);
  const before = useRef<Kept>(undefined);
  useLayoutEffect(() => {
    const [place, had] = [ref.current, kept.current];
    if (place === null || had === undefined || had.element.isConnected) return;
    kept.current = undefined;
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    const next = had.others.find((each) => each.isConnected) ?? place;
    if (next instanceof HTMLElement) next.focus({ preventScroll: next === place });
  }, [rows]);
  return {
    ref,
    onFocus: ({ target, currentTarget }) => {
      // What a row opened lies elsewhere in the document: after it comes what came after the row's own.
      const others = currentTarget.contains(target) ? around(target, currentTarget) : before.current?.others;
      kept.current = target === currentTarget ? undefined : { element: target, others: others ?? [] };
    },
    onBlur: ({ target }) => {
      if (!target.isConnected) return; // it was taken away, nobody went elsewhere
      before.current = kept.current;
      kept.current = undefined;
    },
  };
}

function around(target: Element, place: Element): readonly Element[] {
  const all = [...place.querySelectorAll(SELECTOR)];
  const isAfter = (each: Element) => (target.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING) > 0;
  return [...all.filter(isAfter), ...all.filter((each) => !isAfter(each)).reverse()];
}
