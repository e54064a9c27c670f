/** Candles that grow, a line of the middle price, and lines of orders that can be dragged, by lightweight-charts. */
import {
  CandlestickSeries,
  createChart,
  CrosshairMode,
  LineSeries,
  LineStyle,
  type AutoscaleInfo,
  type CandlestickData,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type LineData,
  type UTCTimestamp,
} from "lightweight-charts";
import { faded, type Colours } from "./colours";
import { nearestLine, rangeWith } from "./order_lines";

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

export interface OrderLine {
  readonly id: string;
  readonly price: number;
  readonly side: "buy" | "sell";
  readonly title: string;
  /** Whether it can be dragged now. */
  readonly isFixed: boolean;
}

interface Told {
  /** A price that an order may have, nearest to one. */
  readonly snap: (price: number) => number;
  /** A line was let go at another price. */
  readonly onMove: (id: string, price: number) => void;
}

interface Line {
  readonly api: IPriceLine;
  order: OrderLine;
  isLabelled: boolean;
}

/** Pixels beside a line in which it is taken. */
const REACH = 6;

export class PriceChartView {
  readonly #chart: IChartApi;
  readonly #candles: ISeriesApi<"Candlestick">;
  readonly #middle: ISeriesApi<"Line">;
  readonly #lines = new Map<string, Line>();
  readonly #ended = new AbortController();
  #colours: Colours | undefined;
  #bars: readonly PriceBar[] = [];
  #points: readonly PricePoint[] = [];
  #dragged: { id: string; from: number; to: number } | undefined;

  constructor(
    readonly place: HTMLElement,
    readonly told: Told,
  ) {
    this.#chart = createChart(place, {
      autoSize: true,
      layout: { attributionLogo: false, fontSize: 12 },
      crosshair: { mode: CrosshairMode.Normal },
      timeScale: { rightOffset: 6, shiftVisibleRangeOnNewBar: true },
    });
    // It has data as soon as somebody offers, so lines of orders are its own: without data a series draws none.
    this.#middle = this.#chart.addSeries(LineSeries, {
      priceLineVisible: false,
      lastValueVisible: false,
      crosshairMarkerVisible: false,
      lineWidth: 1,
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => this.#withOrders(original()),
    });
    this.#candles = this.#chart.addSeries(CandlestickSeries, { lastValueVisible: true, priceLineVisible: true });
    // Before the chart's own listeners, which would pan.
    const options = { capture: true, signal: this.#ended.signal };
    place.addEventListener("pointerdown", (event) => this.#take(event), options);
    for (const name of ["mousedown", "touchstart"] as const)
      place.addEventListener(name, (event) => this.#keep(event), options);
    place.addEventListener("pointermove", (event) => this.#drag(event), options);
    place.addEventListener("pointerup", () => this.#letGo(true), options);
    place.addEventListener("pointercancel", () => this.#letGo(false), options);
    window.addEventListener("keydown", (event) => event.key === "Escape" && this.#letGo(false), options);
  }

  paint(colours: Colours, format: (price: number) => string, step: number): void {
    this.#colours = colours;
    this.#chart.applyOptions({
      layout: {
        background: { color: "transparent" },
        textColor: colours.faint,
        fontFamily: getComputedStyle(document.body).fontFamily,
      },
      grid: { vertLines: { visible: false }, horzLines: { color: colours.line } },
      rightPriceScale: { borderVisible: false },
      timeScale: { borderColor: colours.line },
      crosshair: { vertLine: { color: colours.faint }, horzLine: { color: colours.faint } },
    });
    const { gain, loss } = colours;
    const priceFormat = { type: "custom", formatter: format, minMove: step } as const;
    const candle = { upColor: gain, downColor: loss, borderVisible: false, wickUpColor: gain, wickDownColor: loss };
    this.#candles.applyOptions({ ...candle, priceFormat, priceLineColor: colours.faint });
    this.#middle.applyOptions({ color: colours.benchmark, priceFormat });
    this.showLines([...this.#lines.values()].map((each) => each.order));
  }

  /** `hasSeconds`: bars are shorter than a minute. */
  showTimes(hasTimes: boolean, hasSeconds: boolean): void {
    this.#chart.timeScale().applyOptions({ timeVisible: hasTimes, secondsVisible: hasSeconds });
  }

  /** Bars, the oldest first: those that are drawn already and did not change are not drawn again. */
  showBars(bars: readonly PriceBar[]): void {
    const from = keptUntil(this.#bars, bars);
    if (from === undefined) this.#candles.setData(bars.map(candleOf));
    else for (const each of bars.slice(from)) this.#candles.update(candleOf(each));
    this.#bars = bars;
  }

  showMiddle(points: readonly PricePoint[]): void {
    const from = keptUntil(this.#points, points);
    if (from === undefined) this.#middle.setData(points.map(pointOf));
    else for (const each of points.slice(from)) this.#middle.update(pointOf(each));
    this.#points = points;
    this.#label();
  }

  showAll(): void {
    this.#chart.timeScale().fitContent();
  }

  showNewest(): void {
    this.#chart.timeScale().applyOptions({ barSpacing: 6 });
    this.#chart.timeScale().scrollToRealTime();
  }

  showLines(orders: readonly OrderLine[]): void {
    const wanted = new Set(orders.map((each) => each.id));
    for (const [id, { api }] of this.#lines) {
      if (wanted.has(id)) continue;
      this.#middle.removePriceLine(api);
      this.#lines.delete(id);
    }
    for (const order of orders) {
      const there = this.#lines.get(order.id);
      const options = this.#lookOf(order);
      if (there === undefined)
        this.#lines.set(order.id, { api: this.#middle.createPriceLine(options), order, isLabelled: true });
      else {
        there.order = order;
        if (this.#dragged?.id !== order.id) there.api.applyOptions({ ...options, axisLabelVisible: there.isLabelled });
      }
    }
  }

  remove(): void {
    this.#ended.abort();
    this.#chart.remove();
  }

  #lookOf({ price, side, title, isFixed }: OrderLine) {
    const colour = (side === "buy" ? this.#colours?.gain : this.#colours?.loss) ?? "#888888";
    return {
      price,
      title,
      color: isFixed ? faded(colour, 0.5) : colour,
      lineWidth: 1 as const,
      lineStyle: isFixed ? LineStyle.Dotted : LineStyle.Dashed,
      axisLabelVisible: true,
    };
  }

  /** Orders that are near enough are in the picture. */
  #withOrders(found: AutoscaleInfo | null): AutoscaleInfo | null {
    const range = found?.priceRange;
    if (found === null || range === null || range === undefined) return found;
    const prices = [...this.#lines.values()].map((each) => each.order.price);
    const [minValue, maxValue] = rangeWith(range.minValue, range.maxValue, prices);
    return { ...found, priceRange: { minValue, maxValue } };
  }

  /** Labels of prices that are out of the picture would gather at its edge. */
  #label(): void {
    const { height } = this.#chart.paneSize();
    for (const line of this.#lines.values()) {
      const y = this.#middle.priceToCoordinate(line.order.price);
      const isIn = y !== null && y >= 0 && y <= height;
      if (isIn === line.isLabelled) continue;
      line.isLabelled = isIn;
      line.api.applyOptions({ axisLabelVisible: isIn });
    }
  }

  #under(event: PointerEvent): string | undefined {
    const y = event.clientY - this.place.getBoundingClientRect().top;
    const places = [...this.#lines.values()]
      .filter((each) => !each.order.isFixed)
      .map(({ order }) => ({ id: order.id, y: this.#middle.priceToCoordinate(order.price) }));
    return nearestLine(places, y, REACH);
  }

  #take(event: PointerEvent): void {
    if (event.button !== 0) return;
    const id = this.#under(event);
    const there = id === undefined ? undefined : this.#lines.get(id);
    if (id === undefined || there === undefined) return;
    this.#dragged = { id, from: there.order.price, to: there.order.price };
    this.place.setPointerCapture(event.pointerId);
    event.stopPropagation();
    event.preventDefault();
  }

  #keep(event: Event): void {
    if (this.#dragged === undefined) return;
    event.stopPropagation();
    event.preventDefault();
  }

  #drag(event: PointerEvent): void {
    const dragged = this.#dragged;
    if (dragged === undefined) {
      this.place.style.cursor = this.#under(event) === undefined ? "" : "ns-resize";
      return;
    }
    event.stopPropagation();
    const price = this.#middle.coordinateToPrice(event.clientY - this.place.getBoundingClientRect().top);
    if (price === null) return;
    dragged.to = this.told.snap(price);
    this.#lines.get(dragged.id)?.api.applyOptions({ price: dragged.to });
  }

  #letGo(isMeant: boolean): void {
    const dragged = this.#dragged;
    this.#dragged = undefined;
    if (dragged === undefined) return;
    const there = this.#lines.get(dragged.id);
    if (isMeant && dragged.to !== dragged.from) this.told.onMove(dragged.id, dragged.to);
    else if (there !== undefined) there.api.applyOptions(this.#lookOf(there.order));
  }
}

/** From where on a series is to be told, when it goes on after one that is drawn; undefined: it is another one. */
function keptUntil(before: readonly { time: number }[], now: readonly { time: number }[]): number | undefined {
  const last = before.length - 1;
  if (last < 0 || now.length < before.length) return undefined;
  return before[0]?.time === now[0]?.time && before[last]?.time === now[last]?.time ? last : undefined;
}

function candleOf({ time, open, high, low, close }: PriceBar): CandlestickData<UTCTimestamp> {
  return { time: time as UTCTimestamp, open, high, low, close };
}

function pointOf({ time, value }: PricePoint): LineData<UTCTimestamp> {
  return { time: time as UTCTimestamp, value };
}
