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
  /** Undefined: it could not be read. */
  readonly tile: CurveTile | PriceTile | undefined;
}

const waiting = new Map<number, (read: Read) => void>();
let worker: Worker | undefined;
let asked = 0;
/** It could not be loaded, as when the gateway has another page by now: answers are read here then. */
let isBroken = false;

/** What reads an answer; undefined where there are no workers, as in tests. */
export function readTile(kind: TileKind): ((answer: Response) => Promise<unknown>) | undefined {
  if (typeof Worker === "undefined") return undefined;
  const reader = started(); // it loads while the server is asked
  return async (answer) => {
    const json = await answer.arrayBuffer();
    const number = (asked += 1);
    const read = new Promise<Read>((resolve) => waiting.set(number, resolve));
    if (isBroken) told({ number, tile: undefined });
    else reader.postMessage({ number, kind, json } satisfies Asked);
    return (await read).tile ?? (JSON.parse(new TextDecoder().decode(json)) as unknown);
  };
}

function started(): Worker {
  if (worker !== undefined) return worker;
  worker = new Worker(new URL("./tile_worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<Read>) => told(data));
  worker.addEventListener("error", () => {
    isBroken = true;
    for (const number of waiting.keys()) told({ number, tile: undefined });
  });
  return worker;
}

function told(read: Read): void {
  waiting.get(read.number)?.(read);
  waiting.delete(read.number);
}
