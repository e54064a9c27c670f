/** Tags of lines, at the left edge of a pane: newest bars and the axis are at the right one. */
import type {
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  SeriesAttachedParameter,
} from "lightweight-charts";
import { TEXT_SIZE } from "./colours";
import { placedTags, TAG_HEIGHT } from "./order_lines";

export interface Tag {
  readonly price: number;
  readonly text: string;
  readonly colour: string;
}

type Target = Parameters<IPrimitivePaneRenderer["draw"]>[0];

const PADDING = 6;

export class OrderTags implements ISeriesPrimitive {
  #at: SeriesAttachedParameter | undefined;
  #tags: readonly Tag[] = [];
  #ground = "";
  readonly #views: readonly IPrimitivePaneView[] = [
    { zOrder: () => "top", renderer: () => ({ draw: (target) => this.#draw(target) }) },
  ];

  attached(at: SeriesAttachedParameter): void {
    this.#at = at;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#views;
  }

  show(tags: readonly Tag[], ground: string): void {
    [this.#tags, this.#ground] = [tags, ground];
    this.#at?.requestUpdate();
  }

  #draw(target: Target): void {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const { fontFamily } = this.#at?.chart.options().layout ?? {};
      context.font = `${TEXT_SIZE}px ${fontFamily ?? "sans-serif"}`;
      context.textBaseline = "middle";
      const measured = this.#tags.flatMap((each) => {
        const y = this.#at?.series.priceToCoordinate(each.price) ?? null;
        return y === null ? [] : [{ ...each, y, width: context.measureText(each.text).width + 2 * PADDING }];
      });
      for (const { text, colour, x, y, width } of placedTags(measured, mediaSize.height)) {
        context.beginPath();
        context.roundRect(x + 0.5, y - TAG_HEIGHT / 2 + 0.5, width - 1, TAG_HEIGHT - 1, 3);
        context.fillStyle = this.#ground;
        context.fill();
        context.strokeStyle = colour;
        context.stroke();
        context.fillStyle = colour;
        context.fillText(text, x + PADDING, y + 1);
      }
    });
  }
}
