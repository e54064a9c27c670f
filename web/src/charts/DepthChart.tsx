import { useEffect, useRef } from "react";
import { TEXT_SIZE, useColours } from "./colours";
import { depthCurve, type DepthSides } from "./depth_curve";
import { drawDepth } from "./depth_canvas";

interface DepthChartProps {
  readonly label: string;
  readonly height: number;
  /** The book as of this frame. */
  readonly read: () => DepthSides | undefined;
  /** Is told when there is another one; returns how to leave. */
  readonly subscribe: (changed: () => void) => () => void;
  /** Between prices that an order may have. */
  readonly tick: number;
  readonly price: (value: number) => string;
  readonly quantity: (value: number) => string;
}

/** The eye does not follow more. */
const EVERY_MS = 100;

/** What is bid and asked, added up from the middle outwards; draws itself on a canvas. */
export function DepthChart({ label, height, read, subscribe, tick, price, quantity }: DepthChartProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useColours();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (element === null || context === null || context === undefined) return undefined;
    let width = 0;
    let at: number | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const font = `${TEXT_SIZE}px ${getComputedStyle(document.body).fontFamily}`;
    const draw = () => {
      timer = undefined;
      const sides = read();
      const curve = sides === undefined ? undefined : depthCurve(sides, tick);
      drawDepth(context, curve, { width, height, colours, font, price, quantity, at });
    };
    const later = () => {
      timer ??= setTimeout(() => requestAnimationFrame(draw), EVERY_MS);
    };
    const sizes = new ResizeObserver(([entry]) => {
      width = Math.floor(entry?.contentRect.width ?? 0);
      const scale = window.devicePixelRatio;
      element.width = Math.round(width * scale);
      element.height = Math.round(height * scale);
      context.setTransform(scale, 0, 0, scale, 0, 0);
      draw();
    });
    const onMove = (event: PointerEvent) => {
      at = event.offsetX;
      later();
    };
    const onLeave = () => {
      at = undefined;
      later();
    };
    sizes.observe(element);
    element.addEventListener("pointermove", onMove);
    element.addEventListener("pointerleave", onLeave);
    const leave = subscribe(later);
    return () => {
      clearTimeout(timer);
      sizes.disconnect();
      element.removeEventListener("pointermove", onMove);
      element.removeEventListener("pointerleave", onLeave);
      leave();
    };
  }, [height, read, subscribe, tick, price, quantity, colours]);
  return <canvas ref={canvas} role="img" aria-label={label} style={{ display: "block", width: "100%", height }} />;
}
