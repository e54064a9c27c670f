/** What a chart shows, without saying how it is drawn. Times are seconds since 1970, ascending. */
import type { Colours } from "./colours";

export type ColourName = keyof Colours;

export interface Points {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

export interface Candles {
  readonly times: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
}

export interface Marker {
  readonly time: number;
  readonly side: "buy" | "sell";
  readonly text?: string;
}

interface Named {
  /** The same for the same series, so that it is kept when data changes. */
  readonly id: string;
  readonly name: string;
}

export type Series = Named &
  /** An area lies between its line and 0. */
  (
    | {
        readonly kind: "line" | "area" | "histogram";
        readonly colour: ColourName;
        readonly data: Points;
        readonly isThin?: boolean;
        /** Of lines. */
        readonly isDashed?: boolean;
      }
    | { readonly kind: "candles"; readonly data: Candles; readonly markers?: readonly Marker[] }
  );

export interface Pane {
  readonly id: string;
  readonly height: number;
  readonly series: readonly Series[];
  readonly scale?: "linear" | "log";
  /** How its legend writes values. */
  readonly format: (value: number) => string;
  /** How its axis does, where that is shorter. */
  readonly axis?: (value: number) => string;
}

export interface TimeRange {
  readonly from: number;
  readonly to: number;
}
