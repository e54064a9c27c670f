/** Draws panes with lightweight-charts; React says what, this keeps the series and changes what differs. */
import {
  BaselineSeries,
  CandlestickSeries,
  createSeriesMarkers,
  CrosshairMode,
  HistogramSeries,
  LineSeries,
  LineStyle,
  PriceScaleMode,
  type IChartApiBase,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type SeriesMarker,
  type SeriesType,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import type { Clock } from "@/format";
import { ClockScale, createClockChart, type AxisTimes } from "./clock_scale";
import { faded, TEXT_SIZE, type Colours } from "./colours";
import type { Marker, Pane, Series, TimeRange } from "./series";

interface Told {
  readonly onRange: (range: TimeRange) => void;
  readonly onHover: (time: number | undefined) => void;
}

interface Drawn {
  readonly api: ISeriesApi<SeriesType>;
  readonly markers: ISeriesMarkersPluginApi<Time> | undefined;
  readonly kind: Series["kind"];
  readonly pane: number;
  data: Series["data"] | undefined;
  marks: readonly Marker[] | undefined;
  /** What its look was made of. */
  looks: readonly unknown[];
}

const GESTURES = ["pointerdown", "pointermove", "wheel", "keydown"] as const;
/** A swipe goes on for so long after the finger left. */
const GESTURE_MS = 700;
/** Pixels over the curves of a pane, for its legend. */
const LEGEND_HEIGHT = 28;

export class TimeChartView {
  readonly #chart: IChartApiBase;
  readonly #scale: ClockScale;
  readonly #drawn = new Map<string, Drawn>();
  #colours: Colours | undefined;
  readonly #place: HTMLElement;
  readonly #touch = (event: Event): void => {
    if (event.type !== "pointermove" || (event as PointerEvent).buttons !== 0) this.#touched = performance.now();
  };
  #shown: readonly Pane[] = [];
  #hasAdded = false;
  #isFitted = false;
  #isGone = false;
  #picture: HTMLCanvasElement | undefined;
  /** What is to be seen; undefined: all there is. */
  #range: TimeRange | undefined;
  /** When a reader last panned or zoomed. Ranges that nobody's hand made are not told. */
  #touched = -Infinity;

  constructor(place: HTMLElement, clock: Clock, told: Told) {
    this.#place = place;
    this.#scale = new ClockScale(clock);
    for (const each of GESTURES) place.addEventListener(each, this.#touch, { passive: true, capture: true });
    this.#chart = createClockChart(place, this.#scale, {
      autoSize: true,
      layout: { attributionLogo: false, fontSize: TEXT_SIZE, panes: { enableResize: true } },
      crosshair: { mode: CrosshairMode.Normal },
      handleScale: { axisPressedMouseMove: { price: false } },
    });
    // The axis of values is as wide as its labels, which come later, and a telephone is turned.
    this.#chart.timeScale().subscribeSizeChange(() => {
      // It is told before the chart reckons with it.
      queueMicrotask(() => {
        if (this.#isFitted && !this.#isGone) this.#seek();
      });
    });
    this.#chart.subscribeCrosshairMove(({ time }) => told.onHover(typeof time === "number" ? time : undefined));
    this.#chart.timeScale().subscribeVisibleTimeRangeChange((found) => {
      if (found === null || performance.now() - this.#touched > GESTURE_MS) return;
      this.#range = { from: Number(found.from), to: Number(found.to) };
      told.onRange(this.#range);
    });
  }

  /** Take colours; `show` draws the series in them. */
  paint(colours: Colours, times: AxisTimes): void {
    this.#colours = colours;
    this.#chart.applyOptions(this.#scale.take(times));
    this.#chart.applyOptions({
      layout: {
        background: { color: "transparent" },
        textColor: colours.faint,
        fontFamily: getComputedStyle(document.body).fontFamily,
        panes: { separatorColor: colours.line, separatorHoverColor: faded(colours.accent, 0.2) },
      },
      grid: { vertLines: { visible: false }, horzLines: { color: colours.line } },
      rightPriceScale: { borderVisible: false, entireTextOnly: true },
      timeScale: {
        borderColor: colours.line,
        minBarSpacing: 0.001,
        allowBoldLabels: false,
        rightOffsetPixels: 16,
      },
      crosshair: { vertLine: { color: colours.faint }, horzLine: { color: colours.faint } },
    });
    if (this.#isFitted) this.#seek(); // options of the axis undo a fit that is not drawn yet
  }

  show(panes: readonly Pane[]): void {
    const colours = this.#colours;
    if (colours === undefined) return;
    let isNew = false;
    const wanted = new Map(panes.flatMap((pane, at) => pane.series.map((each) => [each.id, { each, at }] as const)));
    for (const [id, { api, kind, pane }] of this.#drawn) {
      const found = wanted.get(id);
      if (found?.each.kind === kind && found.at === pane) continue;
      this.#chart.removeSeries(api);
      this.#drawn.delete(id);
    }
    for (const [at, pane] of panes.entries()) {
      for (const series of fromBehind(pane.series)) isNew = this.#draw(series, at, pane, colours) || isNew;
    }
    if (
      this.#hasAdded || // perhaps a pane, in place of one that lost its last series
      panes.length !== this.#shown.length ||
      panes.some(({ height, scale }, at) => height !== this.#shown[at]?.height || scale !== this.#shown[at].scale)
    )
      this.#layOut(panes);
    [this.#shown, this.#hasAdded] = [panes, false];
    // Other points stand at other places of the axis: what was seen is looked for again.
    if (isNew && [...this.#drawn.values()].some((each) => (each.data?.times.length ?? 0) > 0)) {
      this.#isFitted = true;
      this.#seek();
    }
  }

  /** Of all, for heights that are set one by one take from each other. */
  #layOut(panes: readonly Pane[]): void {
    for (const [at, pane] of this.#chart.panes().entries()) {
      const wants = panes[at];
      if (wants === undefined) continue;
      pane.setStretchFactor(wants.height);
      pane.priceScale("right").applyOptions({
        scaleMargins: { top: Math.min(0.4, LEGEND_HEIGHT / wants.height), bottom: 0.04 },
        mode: wants.scale === "log" ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal,
      });
    }
  }

  showRange(range: TimeRange | undefined): void {
    if (range?.from === this.#range?.from && range?.to === this.#range?.to) return;
    this.#range = range;
    if (this.#isFitted) this.#seek();
  }

  /** A picture in its place, which is as wide as paper; or itself again. */
  print(isPrinting: boolean): void {
    this.#picture?.remove();
    this.#picture = isPrinting ? pictureOf(this.#place) : undefined;
    if (this.#picture !== undefined) this.#place.before(this.#picture);
  }

  #seek(): void {
    const [scale, range] = [this.#chart.timeScale(), this.#range];
    if (range === undefined) scale.fitContent();
    else scale.setVisibleRange({ from: range.from as UTCTimestamp, to: range.to as UTCTimestamp });
  }

  remove(): void {
    this.#isGone = true;
    for (const each of GESTURES) this.#place.removeEventListener(each, this.#touch, { capture: true });
    this.#chart.remove();
  }

  /** Whether its data are others than before. */
  #draw(series: Series, at: number, pane: Pane, colours: Colours): boolean {
    const drawn = this.#drawn.get(series.id) ?? this.#add(series, at);
    // Each change of options makes the chart lay itself out anew, so only changes are said.
    const format = pane.axis ?? pane.format;
    const line = series.kind === "line" ? [series.isThin === true, series.isDashed === true] : [];
    const looks = [colours, format, "colour" in series ? series.colour : undefined, ...line];
    const isPainted = looks.some((each, place) => each !== drawn.looks[place]);
    if (isPainted) {
      drawn.looks = looks;
      drawn.api.applyOptions({ ...look(series, colours), priceFormat: { type: "custom", formatter: format } });
    }
    const isNew = series.data !== drawn.data;
    if (isNew) {
      drawn.data = series.data;
      drawn.api.setData(dataOf(series));
    }
    if (series.kind === "candles" && (series.markers !== drawn.marks || isPainted)) {
      drawn.marks = series.markers;
      drawn.markers?.setMarkers((series.markers ?? []).map((each) => mark(each, colours)));
    }
    return isNew;
  }

  #add(series: Series, at: number): Drawn {
    const kinds = { line: LineSeries, area: BaselineSeries, histogram: HistogramSeries, candles: CandlestickSeries };
    const api: ISeriesApi<SeriesType> = this.#chart.addSeries(kinds[series.kind], {}, at);
    const markers = series.kind === "candles" ? createSeriesMarkers(api, []) : undefined;
    const drawn = { api, markers, kind: series.kind, pane: at, data: undefined, marks: undefined, looks: [] };
    this.#drawn.set(series.id, drawn);
    this.#hasAdded = true;
    return drawn;
  }
}

/** What was drawn last, as one canvas. The chart's own screenshot never ends while it has something left to draw. */
function pictureOf(place: HTMLElement): HTMLCanvasElement {
  const [picture, box, scale] = [
    document.createElement("canvas"),
    place.getBoundingClientRect(),
    window.devicePixelRatio,
  ];
  [picture.width, picture.height] = [box.width * scale, box.height * scale];
  const context = picture.getContext("2d");
  for (const each of place.querySelectorAll("canvas")) {
    const { left, top, width, height } = each.getBoundingClientRect();
    if (each.width === 0 || each.height === 0) continue;
    context?.drawImage(each, (left - box.left) * scale, (top - box.top) * scale, width * scale, height * scale);
  }
  return picture;
}

/** Those that are drawn first are behind those that come after. */
function fromBehind(all: readonly Series[]): readonly Series[] {
  return [...all].sort((one, other) => Number(isBehind(other)) - Number(isBehind(one)));
}

function isBehind(series: Series): boolean {
  return series.kind === "line" && series.colour === "benchmark";
}

function look(series: Series, colours: Colours): object {
  const quiet = { priceLineVisible: false, lastValueVisible: false };
  if (series.kind === "candles") {
    const { gain, loss } = colours;
    return {
      ...quiet,
      upColor: gain,
      downColor: loss,
      borderVisible: false,
      wickUpColor: gain,
      wickDownColor: loss,
    };
  }
  const colour = colours[series.colour];
  if (series.kind === "histogram") return { ...quiet, color: colour };
  const line = { ...quiet, crosshairMarkerRadius: 3, lineWidth: 2 };
  if (series.kind === "line") {
    const { isThin = false, isDashed = false } = series;
    const lineStyle = isDashed ? LineStyle.Dashed : LineStyle.Solid;
    return { ...line, color: colour, lineWidth: isThin ? 1 : 2, lineStyle };
  }
  const [near, far] = [faded(colour, 0.08), faded(colour, 0.28)];
  return {
    ...line,
    lineWidth: 1,
    baseValue: { type: "price", price: 0 },
    topLineColor: colour,
    topFillColor1: far,
    topFillColor2: near,
    bottomLineColor: colour,
    bottomFillColor1: near,
    bottomFillColor2: far,
  };
}

function dataOf(series: Series) {
  const { data } = series;
  if ("values" in data)
    return data.times.map((time, at) => {
      const value = data.values[at] ?? NaN;
      return Number.isNaN(value) ? { time: time as UTCTimestamp } : { time: time as UTCTimestamp, value };
    });
  return data.times.map((time, at) => ({
    time: time as UTCTimestamp,
    open: data.open[at] ?? NaN,
    high: data.high[at] ?? NaN,
    low: data.low[at] ?? NaN,
    close: data.close[at] ?? NaN,
  }));
}

function mark({ time, side, text }: Marker, colours: Colours): SeriesMarker<Time> {
  const isBuy = side === "buy";
  return {
    time: time as UTCTimestamp,
    position: isBuy ? "belowBar" : "aboveBar",
    shape: isBuy ? "arrowUp" : "arrowDown",
    color: isBuy ? colours.gain : colours.loss,
    ...(text === undefined ? {} : { text }),
  };
}
