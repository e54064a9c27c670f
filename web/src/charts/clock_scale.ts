/** A time axis by the page's clock: hours, days and years begin where that clock has them begin. */
import {
  createChartEx,
  defaultHorzScaleBehavior,
  TickMarkType,
  type ChartOptions,
  type DeepPartial,
  type IChartApiBase,
  type Mutable,
  type Time,
  type TimeScalePoint,
  type UTCTimestamp,
} from "lightweight-charts";
import { formatDay, formatTime, secondsAhead, type Clock } from "@/format";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** What bars are: days, which no clock moves, or moments. */
export interface AxisTimes {
  readonly hasTimes: boolean;
  readonly hasSeconds: boolean;
}

/** Data keep their times; only what the axis marks and writes is the clock's, so an hour that comes twice does not matter. */
export class ClockScale extends defaultHorzScaleBehavior() {
  #times: AxisTimes = { hasTimes: false, hasSeconds: false };
  readonly #clock: Clock;

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  /** What bars are from now on; what charts need to know of it. */
  take(times: AxisTimes): DeepPartial<ChartOptions> {
    this.#times = times;
    return {
      localization: { timeFormatter: (time: Time) => this.text(Number(time)) },
      timeScale: {
        timeVisible: times.hasTimes,
        secondsVisible: times.hasSeconds,
        tickMarkFormatter: (time: Time, kind: TickMarkType) => tickText(this.#full(Number(time)), kind, times),
      },
    };
  }

  override fillWeightsForPoints(points: readonly Mutable<TimeScalePoint>[], from = 0): void {
    if (!this.#times.hasTimes || this.#clock === "utc") {
      super.fillWeightsForPoints(points, from);
      return;
    }
    const first = Math.max(from - 1, 0); // each is compared with the one before
    const moved = points.slice(first).map((each): Mutable<TimeScalePoint> => {
      const seconds = Number(this.key(each.time));
      const time = this.convertHorzItemToInternal((seconds + secondsAhead(this.#clock, seconds)) as UTCTimestamp);
      return { ...each, time };
    });
    super.fillWeightsForPoints(moved, from - first);
    for (const [at, each] of moved.entries()) {
      const point = points[first + at];
      if (point !== undefined && first + at >= from) point.timeWeight = each.timeWeight;
    }
  }

  /** A time as the crosshair writes it. */
  text(seconds: number): string {
    const full = this.#full(seconds);
    return this.#times.hasTimes && !this.#times.hasSeconds ? full.slice(0, 16) : full;
  }

  #full(seconds: number): string {
    const { hasTimes } = this.#times;
    return hasTimes ? formatTime(seconds * 1000, this.#clock) : formatDay(new Date(seconds * 1000).toISOString());
  }
}

/** `full`: 2026-11-27 07:31:05, or its day. */
export function tickText(full: string, kind: TickMarkType, { hasTimes }: AxisTimes): string {
  const month = MONTHS[Number(full.slice(5, 7)) - 1] ?? "";
  const day = String(Number(full.slice(8, 10)));
  switch (kind) {
    case TickMarkType.Year:
      return full.slice(0, 4);
    case TickMarkType.Month:
      return month;
    case TickMarkType.DayOfMonth:
      return hasTimes ? `${day} ${month}` : day; // beside times a number alone would not be a day
    case TickMarkType.Time:
      return full.slice(11, 16);
    case TickMarkType.TimeWithSeconds:
      return full.slice(11);
  }
}

export function createClockChart(
  place: HTMLElement,
  scale: ClockScale,
  options: DeepPartial<ChartOptions>,
): IChartApiBase {
  return createChartEx<Time, ClockScale>(place, scale, options);
}
