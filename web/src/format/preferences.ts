/** How this browser shows things; kept in it. The scheme of colours is the component library's. */
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";
import { useSelector } from "react-redux";
import type { Clock } from "./time";

export type GainLoss = "blue-orange" | "green-red";

export interface Preferences {
  readonly clock: Clock;
  readonly gainLoss: GainLoss;
  readonly isRailWide: boolean;
}

const KEY = "arbitrax.preferences";
const CLOCKS: readonly Clock[] = ["utc", "exchange", "local"];

export function readPreferences(): Preferences {
  let kept: Partial<Record<keyof Preferences, unknown>> = {};
  try {
    kept = (JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {}) as typeof kept;
  } catch {
    // Nothing readable is kept, or storage is off.
  }
  return {
    clock: CLOCKS.find((each) => each === kept.clock) ?? "utc",
    gainLoss: kept.gainLoss === "green-red" ? "green-red" : "blue-orange",
    isRailWide: kept.isRailWide !== false,
  };
}

export function keepPreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Then they last as long as the page.
  }
  document.documentElement.dataset["gainLoss"] = preferences.gainLoss;
}

export const preferences = createSlice({
  name: "preferences",
  initialState: readPreferences,
  reducers: {
    prefer: (state, { payload }: PayloadAction<Partial<Preferences>>): Preferences => ({ ...state, ...payload }),
  },
});

export const { prefer } = preferences.actions;

export function usePreferences(): Preferences {
  return useSelector((state: { preferences: Preferences }) => state.preferences);
}
