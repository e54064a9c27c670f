import { useLayoutEffect, useRef, useState, type PointerEvent, type ReactNode } from "react";
import classes from "./Plot.module.css";
import { roundTicks } from "./ticks";

export interface PlotAxis {
  readonly low: number;
  readonly high: number;
  readonly format: (value: number) => string;
}

/** From values to pixels. */
export interface PlotScale {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

export interface PlotTip {
  readonly x: number;
  readonly y: number;
  readonly lines: readonly string[];
}

interface PlotProps {
  readonly label: string;
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  readonly children: (scale: PlotScale) => ReactNode;
  /** What is at a place, in pixels. */
  readonly tipAt: (x: number, y: number, scale: PlotScale) => PlotTip | undefined;
  readonly onClick?: (x: number, y: number, scale: PlotScale) => void;
}

const HEIGHT = 280;
const SPACE = { top: 8, right: 16, bottom: 24, left: 56 };
/** Pixels between labels of an axis. */
const APART = { x: 88, y: 48 };

/** Two axes with round ticks around something small that is drawn as SVG. */
export function Plot({ label, x, y, children, tipAt, onClick }: PlotProps) {
  const [ref, width] = useWidth();
  const [tip, setTip] = useState<PlotTip>();
  const [right, bottom] = [Math.max(width - SPACE.right, SPACE.left + 1), HEIGHT - SPACE.bottom];
  const scale: PlotScale = {
    x: (value) => SPACE.left + ((value - x.low) / (x.high - x.low)) * (right - SPACE.left),
    y: (value) => bottom - ((value - y.low) / (y.high - y.low)) * (bottom - SPACE.top),
  };
  const place = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top] as const;
  };
  return (
    <figure ref={ref} className={classes["plot"]} style={{ minHeight: HEIGHT }}>
      {width > 0 && (
        <svg
          viewBox={`0 0 ${width} ${HEIGHT}`}
          role="img"
          aria-label={label}
          data-clickable={onClick !== undefined || undefined}
          onPointerMove={(event) => setTip(tipAt(...place(event), scale))}
          onPointerLeave={() => setTip(undefined)}
          onPointerUp={(event) => onClick?.(...place(event), scale)}
        >
          {roundTicks(y.low, y.high, (bottom - SPACE.top) / APART.y).map((value) => (
            <g key={value}>
              <line className={classes["grid"]} x1={SPACE.left} x2={right} y1={scale.y(value)} y2={scale.y(value)} />
              <text className={classes["end"]} x={SPACE.left - 8} y={scale.y(value) + 4}>
                {y.format(value)}
              </text>
            </g>
          ))}
          {roundTicks(x.low, x.high, (right - SPACE.left) / APART.x).map((value) => (
            <text key={value} className={classes["middle"]} x={scale.x(value)} y={HEIGHT - 6}>
              {x.format(value)}
            </text>
          ))}
          {children(scale)}
        </svg>
      )}
      {tip !== undefined && (
        <div className={classes["tip"]} style={{ left: Math.min(tip.x + 12, Math.max(width - 200, 0)), top: tip.y }}>
          {tip.lines.map((each) => (
            <div key={each}>{each}</div>
          ))}
        </div>
      )}
    </figure>
  );
}

/** Of an element, from when it is there: paper is not waited for. */
function useWidth() {
  const ref = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    setWidth(element.clientWidth);
    const sizes = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  return [ref, width] as const;
}
