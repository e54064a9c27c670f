/** Hot data: outside of the store, set as often as it comes, drawn once a frame. */
import { useCallback, useSyncExternalStore } from "react";

type Listener = () => void;

const changed = new Set<{ show: () => void }>();
let frame: number | undefined;

function draw(): void {
  frame = undefined;
  const values = [...changed];
  changed.clear();
  for (const each of values) each.show();
}

export class FrameValue<T> {
  #next: T;
  #shown: T;
  readonly #listeners = new Set<Listener>();

  constructor(initial: T) {
    this.#next = this.#shown = initial;
  }

  /** The newest, for who adds to it. */
  get next(): T {
    return this.#next;
  }

  /** As of the last frame: the same for all that is drawn in one. */
  get shown(): T {
    return this.#shown;
  }

  /** Listeners are told at the next frame, once, however often it is set before. */
  set(value: T): void {
    this.#next = value;
    changed.add(this);
    frame ??= requestAnimationFrame(draw);
  }

  /** Called once a frame; for canvases, which draw themselves. Returns how to leave. */
  readonly subscribe = (listener: Listener): Listener => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  show(): void {
    this.#shown = this.#next;
    for (const each of this.#listeners) each();
  }
}

/** The value as of this frame. With `select` a component is drawn only when what it takes of the value changed. */
export function useFrameValue<T>(value: FrameValue<T>): T;
export function useFrameValue<T, S>(value: FrameValue<T>, select: (value: T) => S): S;
export function useFrameValue<T, S>(value: FrameValue<T>, select?: (value: T) => S): T | S {
  const read = useCallback(() => (select === undefined ? value.shown : select(value.shown)), [value, select]);
  return useSyncExternalStore(value.subscribe, read);
}
