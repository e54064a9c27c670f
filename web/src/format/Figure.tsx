import { useEffect, useRef } from "react";
import { formatDecimal, signOf } from "./decimal";
import classes from "./Figure.module.css";
import { Missing } from "./Missing";
import { formatNumber, formatPercent } from "./number";

export interface FigureProps {
  /** A decimal string (money, prices, quantities) or a float (ratios). */
  readonly value: string | number | null | undefined;
  /** `percent`: 0.1 is 10%. */
  readonly as?: "decimal" | "percent";
  /** Behind the point; left out: a decimal string as it came, a float with two. */
  readonly digits?: number;
  /** Gain or loss: with its sign and colour. */
  readonly signed?: boolean;
  /** Tint it for a moment when it changes. */
  readonly live?: boolean;
  /** Why there is none. */
  readonly why?: string | undefined;
}

/** The one way in which a number is shown. */
export function Figure({ value, as = "decimal", digits, signed = false, live = false, why }: FigureProps) {
  const element = useRef<HTMLSpanElement>(null);
  const before = useRef(value);
  useEffect(() => {
    const [was, span] = [before.current, element.current];
    before.current = value;
    if (!live || span === null || was === value || typeof was !== typeof value || value === null) return;
    const up = Number(value) > Number(was);
    const colour = getComputedStyle(span).getPropertyValue(up ? "--tint-gain" : "--tint-loss");
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    span.animate([{ backgroundColor: colour }, { backgroundColor: "transparent" }], 300);
  }, [live, value]);
  if (value === null || value === undefined) return <Missing why={why ?? "It is not known."} />;
  return (
    <span ref={element} data-tabular className={signed ? gainClass(value) : undefined}>
      {figureText(value, as, digits, signed)}
    </span>
  );
}

/** The class of what is a gain or a loss. */
export function gainClass(value: string | number): string | undefined {
  const side = signOf(value);
  return side > 0 ? classes["gain"] : side < 0 ? classes["loss"] : undefined;
}

/** The same as text, for titles and files. */
export function figureText(
  value: string | number,
  as: "decimal" | "percent" = "decimal",
  digits?: number,
  signed = false,
): string {
  if (as === "percent") return formatPercent(Number(value), digits ?? 2, signed);
  if (typeof value === "string") return formatDecimal(value, { digits, signed });
  return formatNumber(value, { digits: digits ?? 2, signed });
}
