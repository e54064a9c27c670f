/** The rows of the tape, made once: a trade moves texts, not elements. */
import type { Trade } from "@arbitrax/client";
import { formatDecimal, formatTimeOfDay, type Clock } from "@/format";

interface Drawn {
  readonly element: HTMLElement;
  readonly texts: readonly [time: Text, price: Text, quantity: Text];
}

export class TapeView {
  readonly #rows: Drawn[] = [];
  /** Times are the dearest to write, so each trade's is written once. */
  #times = new WeakMap<Trade, string>();

  constructor(
    body: HTMLElement,
    most: number,
    rowClass: string,
    readonly clock: Clock,
  ) {
    for (let at = 0; at < most; at += 1) {
      const element = document.createElement("div");
      element.className = rowClass;
      element.setAttribute("role", "row");
      element.hidden = true;
      const texts = [0, 1, 2].map(() => {
        const cell = document.createElement("div");
        cell.setAttribute("role", "cell");
        const text = document.createTextNode("");
        cell.append(text);
        element.append(cell);
        return text;
      });
      body.append(element);
      this.#rows.push({ element, texts: texts as unknown as Drawn["texts"] });
    }
  }

  /** The newest first. */
  show(trades: readonly Trade[]): void {
    for (const [at, { element, texts }] of this.#rows.entries()) {
      const trade = trades[at];
      if (element.hidden !== (trade === undefined)) element.hidden = trade === undefined;
      if (trade === undefined) continue;
      const [, price, quantity, taker] = trade;
      const [timeText, priceText, quantityText] = texts;
      write(timeText, this.#timeOf(trade));
      write(priceText, formatDecimal(price));
      write(quantityText, formatDecimal(quantity));
      if (element.dataset["taker"] !== taker) element.dataset["taker"] = taker;
    }
  }

  remove(): void {
    for (const each of this.#rows) each.element.remove();
  }

  #timeOf(trade: Trade): string {
    let found = this.#times.get(trade);
    if (found === undefined) {
      found = formatTimeOfDay(trade[4], this.clock);
      this.#times.set(trade, found);
    }
    return found;
  }
}

function write(text: Text, value: string): void {
  if (text.data !== value) text.data = value;
}
