// How long to wait before the next try: exponential back-off with full jitter (M. Brooker, AWS Architecture Blog, 2015).

const FIRST_MS = 100;
const MOST_MS = 10_000;
/** The longest that a client waits when it is told for how long; else the refusal is the caller's. */
export const LONGEST_MS = 60_000;

/** Milliseconds to wait before another attempt; `failed`: how many failed, `told`: at least that long. */
export function waitBefore(failed: number, told = 0): number {
  return told + Math.random() * Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failed, 30));
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
