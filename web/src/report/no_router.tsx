/** In place of the router: a report is one page. What is selected in it is kept while it is open; links are text. */
import { useCallback, useSyncExternalStore, type ReactNode } from "react";

let params = new URLSearchParams();
const listeners = new Set<() => void>();

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

/** What is selected to begin with. */
export function begin(selected: Readonly<Record<string, string>>): void {
  params = new URLSearchParams(selected);
}

type Change = (before: URLSearchParams) => URLSearchParams;

export function useSearchParams(): [URLSearchParams, (change: Change) => void] {
  const shown = useSyncExternalStore(subscribe, () => params);
  const change = useCallback((made: Change) => {
    params = made(new URLSearchParams(params));
    for (const each of listeners) each();
  }, []);
  return [shown, change];
}

export function Link({ children }: { readonly children: ReactNode }) {
  return <>{children}</>;
}
