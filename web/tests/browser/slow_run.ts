/** A run that takes long enough to be looked at: code sent along by Dot, 20 ms a bar. */
import { connect } from "@arbitrax/client";
import { expect } from "vitest";
import { PASSWORD, type StackPlace } from "./stack";

const SOURCE = `
import time

import arbitrax as ax


class Slow(ax.Strategy):
    """Holds from the first bar on, and takes its time."""

    def on_bar(self, ctx):
        time.sleep(0.02)
        if ctx.index == 0:
            ctx.buy(1)
`;

/** Begin one and wait until it runs. About 3,300 bars: it would take a minute. */
export async function slowRun(stack: StackPlace): Promise<{ id: string; cancel: () => Promise<unknown> }> {
  const dot = connect({ urls: [stack.url] });
  await dot.login("dot", PASSWORD);
  const { id } = await dot.backtests.submit({ strategy: "Slow", source: SOURCE, symbols: ["AAPL"] });
  await expect.poll(async () => (await dot.backtests.get(id)).progress, { timeout: 30_000 }).toBeGreaterThan(0);
  return { id, cancel: () => dot.backtests.cancel(id) };
}
