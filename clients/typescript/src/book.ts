// A book kept from the web socket, each message checked: that none is missing, and that the book is right after it.

import { crc32 } from "./crc32.js";
import { compareDecimals } from "./decimals.js";

export type Level = readonly [price: string, quantity: string];
/** Of a message: it was applied; it was applied before; one before it is missing; the book is wrong after it. */
export type Verdict = "applied" | "known" | "gap" | "wrong";

/** A book as of a message, best levels first. */
export interface Book {
  readonly symbol: string;
  readonly epoch: number;
  readonly seq: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface BookData {
  readonly epoch: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly crc: number;
}

/** Levels of each side that the checksum covers. */
const CHECKED = 10;

class Side {
  #levels: Level[] = [];

  /** `sign`: 1 puts the lowest price first, -1 the highest. */
  constructor(readonly sign: 1 | -1) {}

  replace(levels: readonly Level[]): void {
    this.#levels = [...levels].sort((one, other) => this.sign * compareDecimals(one[0], other[0]));
  }

  change(levels: readonly Level[]): void {
    for (const level of levels) {
      const at = this.#place(level[0]);
      const there = this.#levels[at];
      const stands = there !== undefined && compareDecimals(there[0], level[0]) === 0;
      if (level[1] !== "0") this.#levels.splice(at, stands ? 1 : 0, level);
      else if (stands) this.#levels.splice(at, 1);
    }
  }

  get length(): number {
    return this.#levels.length;
  }

  text(): string {
    return this.#levels
      .slice(0, CHECKED)
      .map(([price, quantity]) => `${price}:${quantity}`)
      .join(",");
  }

  copy(): readonly Level[] {
    return [...this.#levels];
  }

  /** The first level that is not better than a price. */
  #place(price: string): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#levels[middle];
      if (there !== undefined && this.sign * compareDecimals(there[0], price) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The book of a symbol as one client has it; nothing at first. */
export class LocalBook {
  epoch = 0;
  seq: number | undefined;
  readonly #bids = new Side(-1);
  readonly #asks = new Side(1);

  /** `most`: levels a side that there may be. */
  constructor(readonly most = Infinity) {}

  /** Apply a snapshot or delta; after "gap" or "wrong" only a snapshot helps. */
  apply(type: string, seq: number, prevSeq: number | null, data: BookData): Verdict {
    if (type === "snapshot") {
      this.#bids.replace(data.bids);
      this.#asks.replace(data.asks);
    } else {
      if (this.seq === undefined || data.epoch !== this.epoch) return "gap";
      if (seq <= this.seq) return "known";
      if (prevSeq !== this.seq) return "gap";
      this.#bids.change(data.bids);
      this.#asks.change(data.asks);
    }
    this.epoch = data.epoch;
    this.seq = seq;
    // The checksum covers the best levels only: one too many behind them was to be removed, and was not.
    const tooMany = Math.max(this.#bids.length, this.#asks.length) > this.most;
    if (tooMany || crc32(`${this.#bids.text()}|${this.#asks.text()}`) !== data.crc) {
      this.seq = undefined;
      return "wrong";
    }
    return "applied";
  }

  view(symbol: string): Book {
    return { symbol, epoch: this.epoch, seq: this.seq ?? 0, bids: this.#bids.copy(), asks: this.#asks.copy() };
  }
}
