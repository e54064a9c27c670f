/** Candles that grow, a line of the middle price, and lines of orders that can be dragged, by lightweight-charts. */
import {
  CandlestickSeries,
  CrosshairMode,
  LineSeries,
  type AutoscaleInfo,
  type CandlestickData,
  type IChartApiBase,
  type ISeriesApi,
  type LineData,
  type UTCTimestamp,
} from "lightweight-charts";
import type { Clock } from "@/format";
import { ClockScale, createClockChart, type AxisTimes } from "./clock_scale";
import { TEXT_SIZE, type Colours } from "./colours";
import { OrderLines, type OrderLine, type Told } from "./order_lines_view";

export interface PriceBar {
  /** Seconds since 1970. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface PricePoint {
  readonly time: number;
  readonly value: number;
}

export class PriceChartView {
  readonly #chart: IChartApiBase;
  readonly #scale: ClockScale;
  readonly #candles: ISeriesApi<"Candlestick">;
  readonly #middle: ISeriesApi<"Line">;
  readonly #lines: OrderLines;
  #bars: readonly PriceBar[] = [];
  #points: readonly PricePoint[] = [];

  constructor(place: HTMLElement, clock: Clock, told: Told) {
    this.#scale = new ClockScale(clock);
    this.#chart = createClockChart(place, this.#scale, {
      autoSize: true,
      layout: { attributionLogo: false, fontSize: TEXT_SIZE },
      crosshair: { mode: CrosshairMode.Normal },
      timeScale: { rightOffset: 6, shiftVisibleRangeOnNewBar: true },
    });
    // It has data as soon as somebody offers, so lines of orders are its own: without data a series draws none.
    this.#middle = this.#chart.addSeries(LineSeries, {
      priceLineVisible: false,
      lastValueVisible: false,
      crosshairMarkerVisible: false,
      lineWidth: 1,
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => this.#lines.around(original()),
    });
    this.#candles = this.#chart.addSeries(CandlestickSeries, { lastValueVisible: true, priceLineVisible: true });
    this.#lines = new OrderLines(place, this.#middle, told);
  }

  paint(colours: Colours, format: (price: number) => string, step: number): void {
    this.#chart.applyOptions({
      layout: {
        background: { color: "transparent" },
        textColor: colours.faint,
        fontFamily: getComputedStyle(document.body).fontFamily,
      },
      grid: { vertLines: { visible: false }, horzLines: { color: colours.line } },
      rightPriceScale: { borderVisible: false, entireTextOnly: true },
      timeScale: { borderColor: colours.line },
      crosshair: { vertLine: { color: colours.faint }, horzLine: { color: colours.faint } },
    });
    const { gain, loss } = colours;
    const priceFormat = { type: "custom", formatter: format, minMove: step } as const;
    const candle = { upColor: gain, downColor: loss, borderVisible: false, wickUpColor: gain, wickDownColor: loss };
    this.#candles.applyOptions({ ...candle, priceFormat, priceLineColor: colours.faint });
    this.#middle.applyOptions({ color: colours.benchmark, priceFormat });
    this.#lines.paint(colours, format);
  }

  showTimes(times: AxisTimes): void {
    this.#chart.applyOptions(this.#scale.take(times));
  }

  /** Bars, the oldest first: those that are drawn already and did not change are not drawn again. */
  showBars(bars: readonly PriceBar[]): void {
    const from = keptUntil(this.#bars, bars, isSameBar);
    if (from === undefined) this.#candles.setData(bars.map(candleOf));
    else for (const each of bars.slice(from)) this.#candles.update(candleOf(each));
    this.#bars = bars;
  }

  showMiddle(points: readonly PricePoint[]): void {
    const from = keptUntil(this.#points, points, isSamePoint);
    if (from === undefined) this.#middle.setData(points.map(pointOf));
    else for (const each of points.slice(from)) this.#middle.update(pointOf(each));
    this.#points = points;
  }

  showAll(): void {
    this.#chart.timeScale().fitContent();
  }

  showNewest(): void {
    this.#chart.timeScale().applyOptions({ barSpacing: 6 });
    this.#chart.timeScale().scrollToRealTime();
  }

  showOrders(orders: readonly OrderLine[]): void {
    this.#lines.show(orders);
  }

  remove(): void {
    this.#lines.remove();
    this.#chart.remove();
  }
}

/** From where on a series is to be told, when it goes on after one that is drawn; undefined: it is another one. */
export function keptUntil<T extends { readonly time: number }>(
  before: readonly T[],
  now: readonly T[],
  isSame: (one: T, other: T) => boolean,
): number | undefined {
  const last = before.length - 1;
  if (last < 0 || now.length < before.length || before[last]?.time !== now[last]?.time) return undefined;
  // Only the last one can be told again.
  for (let at = 0; at < last; at += 1) {
    const [one, other] = [before[at], now[at]];
    if (one === undefined || other === undefined || (one !== other && !isSame(one, other))) return undefined;
  }
  return last;
}

function isSameBar(one: PriceBar, other: PriceBar): boolean {
  const isAt = one.time === other.time && one.open === other.open && one.close === other.close;
  return isAt && one.high === other.high && one.low === other.low;
}

function isSamePoint(one: PricePoint, other: PricePoint): boolean {
  return one.time === other.time && one.value === other.value;
}

function candleOf({ time, open, high, low, close }: PriceBar): CandlestickData<UTCTimestamp> {
  return { time: time as UTCTimestamp, open, high, low, close };
}

function pointOf({ time, value }: PricePoint): LineData<UTCTimestamp> {
  return { time: time as UTCTimestamp, value };
}
