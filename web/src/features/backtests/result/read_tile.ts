/** Reads tiles beside the page: text, numbers and times of thousands of points would hold up a hand that drags. */
import type { CurveTile, PriceTile } from "./tiles";

export type TileKind = "equity" | "prices";

export interface Asked {
  readonly number: number;
  readonly kind: TileKind;
  readonly json: ArrayBuffer;
}

export interface Read {
  readonly number: number;
  /** Undefined: it is none. */
  readonly tile: CurveTile | PriceTile | undefined;
}

const waiting = new Map<number, (read: Read) => void>();
let worker: Worker | undefined;
let asked = 0;

/** What reads an answer; undefined where there are no workers, as in tests. */
export function readTile(kind: TileKind): ((answer: Response) => Promise<unknown>) | undefined {
  if (typeof Worker === "undefined") return undefined;
  const reader = started(); // it loads while the server is asked
  return async (answer) => {
    const json = await answer.arrayBuffer();
    const number = (asked += 1);
    const read = new Promise<Read>((resolve) => waiting.set(number, resolve));
    reader.postMessage({ number, kind, json } satisfies Asked, [json]);
    const { tile } = await read;
    if (tile === undefined) throw new SyntaxError("The answer of the server cannot be read.");
    return tile;
  };
}

function started(): Worker {
  if (worker !== undefined) return worker;
  worker = new Worker(new URL("./tile_worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<Read>) => {
    waiting.get(data.number)?.(data);
    waiting.delete(data.number);
  });
  worker.addEventListener("error", () => {
    for (const [number, resolve] of waiting) resolve({ number, tile: undefined });
    waiting.clear();
    worker = undefined;
  });
  return worker;
}
