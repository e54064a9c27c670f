/** Whether the page is being printed: then all of it is there at once, in light colours and as wide as paper. */
import { useSyncExternalStore } from "react";
import { flushSync } from "react-dom";

const SCHEME = "data-mantine-color-scheme";

let isPrinting = false;
const listeners = new Set<() => void>();

function tell(now: boolean): void {
  isPrinting = now;
  // A browser takes its picture when its event is over.
  flushSync(() => {
    for (const each of listeners) each();
  });
}

let scheme: string | null = null;
window.addEventListener("beforeprint", () => {
  const root = document.documentElement;
  scheme = root.getAttribute(SCHEME);
  root.setAttribute(SCHEME, "light");
  tell(true);
});
window.addEventListener("afterprint", () => {
  if (scheme !== null) document.documentElement.setAttribute(SCHEME, scheme);
  tell(false);
});

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => isPrinting);
}
