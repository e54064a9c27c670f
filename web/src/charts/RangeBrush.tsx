import { useMemo, useState, type KeyboardEvent, type PointerEvent } from "react";
import classes from "./RangeBrush.module.css";
import type { Points, TimeRange } from "./series";

interface RangeBrushProps {
  /** The whole, drawn small. */
  readonly points: Points;
  /** Undefined: all of it. */
  readonly range: TimeRange | undefined;
  readonly onRange: (range: TimeRange | undefined) => void;
  /** A time as text, for readers of screens. */
  readonly format: (time: number) => string;
  readonly label: string;
}

type Grip = "from" | "to" | "both" | "new";
interface Held {
  readonly grip: Grip;
  readonly at: number;
  readonly range: TimeRange;
}

const WIDTH = 1000;
const HEIGHT = 40;
/** Narrower is a click: the whole again. */
const NARROWEST = 0.004;

/** The whole in small; a part of it that is drawn up with the mouse, or moved by its ends with the arrow keys. */
export function RangeBrush({ points, range, onRange, format, label }: RangeBrushProps) {
  const [held, setHeld] = useState<Held>();
  const [first, last] = [points.times[0] ?? 0, points.times.at(-1) ?? 1];
  const span = Math.max(last - first, 1);
  const path = useMemo(() => pathOf(points, first, span), [points, first, span]);
  const shown = range ?? { from: first, to: last };
  const percent = (time: number) => `${Math.min(Math.max((time - first) / span, 0), 1) * 100}%`;

  const timeAt = (event: PointerEvent) => {
    const box = event.currentTarget.closest("[data-brush]")?.getBoundingClientRect();
    if (box === undefined) return first;
    return first + Math.min(Math.max((event.clientX - box.left) / Math.max(box.width, 1), 0), 1) * span;
  };
  const begin = (event: PointerEvent) => {
    const grip = (event.target as HTMLElement).dataset["grip"] as Grip | undefined;
    event.currentTarget.setPointerCapture(event.pointerId);
    setHeld({
      grip: grip === undefined || (grip === "both" && range === undefined) ? "new" : grip,
      at: timeAt(event),
      range: shown,
    });
  };
  const move = (event: PointerEvent) => {
    if (held !== undefined) onRange(moved(held, timeAt(event), first, last));
  };
  const end = (event: PointerEvent) => {
    setHeld(undefined);
    if (held?.grip === "new" && Math.abs(timeAt(event) - held.at) < span * NARROWEST) onRange(undefined);
  };
  const onKey = (grip: "from" | "to") => (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (event.key === "Escape") onRange(undefined);
    if (step === undefined) return;
    event.preventDefault();
    onRange(moved({ grip, at: 0, range: shown }, (step * span) / 200, first, last));
  };
  const handle = (grip: "from" | "to") => (
    <div
      role="slider"
      tabIndex={0}
      className={classes["handle"]}
      style={{ left: percent(shown[grip]) }}
      aria-label={`${label}, ${grip === "from" ? "begins" : "ends"}`}
      aria-valuemin={first}
      aria-valuemax={last}
      aria-valuenow={Math.round(shown[grip])}
      aria-valuetext={format(shown[grip])}
      data-grip={grip}
      onKeyDown={onKey(grip)}
    />
  );
  return (
    <div
      data-brush
      className={classes["brush"]}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
      onDoubleClick={() => onRange(undefined)}
    >
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
        <path d={path} vectorEffect="non-scaling-stroke" />
      </svg>
      <div
        className={classes["shown"]}
        data-grip="both"
        data-whole={range === undefined || undefined}
        style={{ left: percent(shown.from), right: `calc(100% - ${percent(shown.to)})` }}
      />
      {handle("from")}
      {handle("to")}
    </div>
  );
}

/** The range when what is held is moved to a time. */
export function moved({ grip, at, range }: Held, time: number, first: number, last: number): TimeRange {
  const least = (last - first) / 500;
  const by = time - at;
  switch (grip) {
    case "new":
      return { from: Math.min(at, time), to: Math.max(at, time) };
    case "from":
      return { from: Math.min(Math.max(range.from + by, first), range.to - least), to: range.to };
    case "to":
      return { from: range.from, to: Math.max(Math.min(range.to + by, last), range.from + least) };
    case "both": {
      const inside = Math.min(Math.max(by, first - range.from), last - range.to);
      return { from: range.from + inside, to: range.to + inside };
    }
  }
}

function pathOf({ times, values }: Points, first: number, span: number): string {
  const stride = Math.max(1, Math.floor(times.length / WIDTH));
  let [low, high] = [Infinity, -Infinity];
  for (const each of values) [low, high] = [Math.min(low, each), Math.max(high, each)];
  const height = Math.max(high - low, Number.EPSILON);
  let path = "";
  for (let at = 0; at < times.length; at += stride) {
    const x = (((times[at] ?? first) - first) / span) * WIDTH;
    const y = HEIGHT - 2 - (((values[at] ?? low) - low) / height) * (HEIGHT - 4);
    path += `${path === "" ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }
  return path;
}
