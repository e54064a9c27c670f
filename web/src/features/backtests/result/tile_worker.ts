/** The worker of read_tile.ts. */
import type { EquityCurve, RunPrices } from "@/api";
import type { Asked, Read } from "./read_tile";
import { curveOf, pricesOf } from "./tiles";

addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  postMessage({ number: data.number, tile: read(data) } satisfies Read);
});

function read({ kind, json }: Asked): Read["tile"] {
  try {
    const found = JSON.parse(new TextDecoder().decode(json)) as unknown;
    return kind === "equity" ? curveOf(found as EquityCurve) : pricesOf(found as RunPrices);
  } catch {
    return undefined;
  }
}
