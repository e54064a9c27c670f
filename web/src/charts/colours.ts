/** What a colour means, as charts take it; the values are those of theme.css, for canvases read no variables. */
import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import { usePreferences } from "@/format";

export interface Colours {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly card: string;
  readonly accent: string;
  readonly gain: string;
  readonly loss: string;
  readonly warn: string;
  readonly benchmark: string;
  /** Things that are compared, told apart by eyes of every kind and in both schemes. */
  readonly one: string;
  readonly two: string;
  readonly three: string;
  readonly four: string;
  readonly five: string;
  readonly six: string;
  readonly seven: string;
  readonly eight: string;
  /** Indicators, told apart from candles too. */
  readonly indicatorOne: string;
  readonly indicatorTwo: string;
  readonly indicatorThree: string;
}

/** Pixels: of text on canvases and axes, as in tables. */
export const TEXT_SIZE = 13;

/** In the order that they are given out. */
export const COMPARED = ["one", "two", "three", "four", "five", "six", "seven", "eight"] as const;
export const INDICATORS = ["indicatorOne", "indicatorTwo", "indicatorThree"] as const;

const VARIABLES: Readonly<Record<keyof Colours, string>> = {
  text: "--mantine-color-text",
  faint: "--faint",
  line: "--line",
  card: "--card",
  accent: "--accent",
  gain: "--gain",
  loss: "--loss",
  warn: "--warn",
  benchmark: "--benchmark",
  one: "--compared-1",
  two: "--compared-2",
  three: "--compared-3",
  four: "--compared-4",
  five: "--compared-5",
  six: "--compared-6",
  seven: "--compared-7",
  eight: "--compared-8",
  indicatorOne: "--indicator-1",
  indicatorTwo: "--indicator-2",
  indicatorThree: "--indicator-3",
};

function read(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    Object.entries(VARIABLES).map(([name, variable]) => [name, style.getPropertyValue(variable).trim()]),
  ) as Record<keyof Colours, string>;
}

/** The colours of the scheme that is chosen; others when another is. */
export function useColours(): Colours {
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const { gainLoss } = usePreferences();
  // eslint-disable-next-line react-hooks/exhaustive-deps -- both are in the document, where they are read
  return useMemo(() => read(), [scheme, gainLoss]);
}

/** A colour of six digits that lets through what is behind; `opacity` from 0 to 1. */
export function faded(colour: string, opacity: number): string {
  return `${colour}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, "0")}`;
}
