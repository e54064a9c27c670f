import { useEffect, useRef } from "react";
import type { FrameValue } from "@/live";

interface LiveTextProps<T> {
  readonly value: FrameValue<T>;
  /** What is written of it. */
  readonly select: (value: T) => string;
  /** Tint it for a moment when it changes, up or down as numbers are. */
  readonly tint?: boolean;
}

/** A text that follows a live value by itself: its page is not drawn again. */
export function LiveText<T>({ value, select, tint = false }: LiveTextProps<T>) {
  const place = useRef<HTMLElement>(null);
  const chosen = useRef(select);
  useEffect(() => {
    chosen.current = select;
  });
  useEffect(() => {
    let shown: string | undefined;
    const write = () => {
      const [element, text] = [place.current, chosen.current(value.shown)];
      if (element === null || text === shown) return;
      const before = shown;
      element.textContent = shown = text;
      if (tint && before !== undefined) tintOnce(element, numberOf(text) >= numberOf(before));
    };
    write();
    return value.subscribe(write);
  }, [value, tint]);
  return <b ref={place}>—</b>;
}

function tintOnce(element: HTMLElement, isUp: boolean): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const each of element.getAnimations()) each.cancel();
  element.animate(
    [{ backgroundColor: `var(--tint-${isUp ? "gain" : "loss"})` }, { backgroundColor: "transparent" }],
    300,
  );
}

/** Of a text that the formatter wrote. */
function numberOf(text: string): number {
  return Number(text.replace("−", "-").replace(/[^\d.-]/g, ""));
}
