/** Lines of orders on a series, which can be dragged to another price. Their tags are in the pane: the axis keeps its labels. */
import { LineStyle, type AutoscaleInfo, type IPriceLine, type ISeriesApi } from "lightweight-charts";
import { faded, type Colours } from "./colours";
import { nearestLine, rangeWith } from "./order_lines";
import { OrderTags } from "./order_tags";

export interface OrderLine {
  readonly id: string;
  readonly price: number;
  readonly side: "buy" | "sell";
  readonly title: string;
  /** Whether it stands where an order is triggered, not where it rests. */
  readonly isTrigger: boolean;
  /** Whether it can be dragged now. */
  readonly isFixed: boolean;
}

export interface Told {
  /** A price that an order may have, nearest to one. */
  readonly snap: (price: number) => number;
  /** A line was let go at another price. */
  readonly onMove: (id: string, price: number) => void;
}

interface Line {
  readonly api: IPriceLine;
  order: OrderLine;
}

/** Pixels beside a line in which it is taken. */
const REACH = 6;

export class OrderLines {
  readonly #lines = new Map<string, Line>();
  readonly #ended = new AbortController();
  readonly #tags = new OrderTags();
  #colours: Colours | undefined;
  #format: (price: number) => string = String;
  #dragged: { id: string; from: number; to: number } | undefined;

  constructor(
    readonly place: HTMLElement,
    readonly series: ISeriesApi<"Line">,
    readonly told: Told,
  ) {
    series.attachPrimitive(this.#tags);
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

  paint(colours: Colours, format: (price: number) => string): void {
    [this.#colours, this.#format] = [colours, format];
    this.show([...this.#lines.values()].map((each) => each.order));
  }

  show(orders: readonly OrderLine[]): void {
    const wanted = new Set(orders.map((each) => each.id));
    for (const [id, { api }] of this.#lines) {
      if (wanted.has(id)) continue;
      this.series.removePriceLine(api);
      this.#lines.delete(id);
    }
    for (const order of orders) {
      const there = this.#lines.get(order.id);
      const options = this.#lookOf(order);
      if (there === undefined) this.#lines.set(order.id, { api: this.series.createPriceLine(options), order });
      else {
        there.order = order;
        if (this.#dragged?.id !== order.id) there.api.applyOptions(options);
      }
    }
    this.#tag();
  }

  #tag(): void {
    const tags = [...this.#lines.values()].map(({ api, order }) => {
      const { price, color } = api.options();
      return { price, text: `${order.title} at ${this.#format(price)}`, colour: color };
    });
    this.#tags.show(tags, this.#colours?.card ?? "#ffffff");
  }

  remove(): void {
    this.#ended.abort();
  }

  #lookOf({ price, side, isTrigger, isFixed }: OrderLine) {
    const colour = (side === "buy" ? this.#colours?.gain : this.#colours?.loss) ?? "#888888";
    return {
      price,
      color: isFixed ? faded(colour, 0.5) : colour,
      lineWidth: 1 as const,
      lineStyle: isFixed ? LineStyle.Dotted : isTrigger ? LineStyle.LargeDashed : LineStyle.Dashed,
      axisLabelVisible: false,
    };
  }

  /** Orders that are near enough are in the picture. */
  around(found: AutoscaleInfo | null): AutoscaleInfo | null {
    const range = found?.priceRange;
    if (found === null || range === null || range === undefined) return found;
    const prices = [...this.#lines.values()].map((each) => each.order.price);
    const [minValue, maxValue] = rangeWith(range.minValue, range.maxValue, prices);
    return { ...found, priceRange: { minValue, maxValue } };
  }

  #under(event: PointerEvent): string | undefined {
    const y = event.clientY - this.place.getBoundingClientRect().top;
    const places = [...this.#lines.values()]
      .filter((each) => !each.order.isFixed)
      .map(({ order }) => ({ id: order.id, y: this.series.priceToCoordinate(order.price) }));
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
    const price = this.series.coordinateToPrice(event.clientY - this.place.getBoundingClientRect().top);
    if (price === null) return;
    dragged.to = this.told.snap(price);
    this.#lines.get(dragged.id)?.api.applyOptions({ price: dragged.to, axisLabelVisible: true });
    this.#tag();
  }

  #letGo(isMeant: boolean): void {
    const dragged = this.#dragged;
    this.#dragged = undefined;
    if (dragged === undefined) return;
    const there = this.#lines.get(dragged.id);
    if (isMeant && dragged.to !== dragged.from) this.told.onMove(dragged.id, dragged.to);
    else if (there !== undefined) there.api.applyOptions(this.#lookOf(there.order));
    this.#tag();
  }
}
