import type { FillOfOrder, OrderMessage, PositionMessage, RunData, Trade } from "@arbitrax/client";
import { describe, expect, it } from "vitest";
import { bars, fills, orders, positions, run, trades, type LiveRun } from "@/live";

const update = <T>(data: T, type: "snapshot" | "event" = "event") => ({
  channel: "",
  symbol: "",
  seq: 1,
  at: "2026-01-01T00:00:00Z",
  type,
  data,
});
const trade = (number: number): Trade => [number, "1", "1", "buy", 0];

describe("what is kept of a channel", () => {
  it("the tape, the newest first and no more than is shown", () => {
    const { fold } = trades("A");
    let tape = fold(undefined, update({ epoch: 1, trades: [trade(1), trade(2)] }));
    expect(tape.map(([number]) => number)).toEqual([2, 1]);
    for (let at = 3; at < 1_000; at += 1) tape = fold(tape, update({ epoch: 1, trades: [trade(at)] }));
    expect(tape).toHaveLength(500);
    expect(tape[0]?.[0]).toBe(999);
  });

  it("bars, of which the last one grows", () => {
    const { fold } = bars("A", "1m");
    const bar = (start: string, close: string) => update({ start, close } as Parameters<typeof fold>[1]["data"]);
    let found = fold(undefined, bar("00:00", "1"));
    found = fold(found, bar("00:00", "2"));
    found = fold(found, bar("00:01", "3"));
    expect(found.map((each) => each.close)).toEqual(["2", "3"]);
  });

  it("orders and positions: a snapshot replaces, an event adds", () => {
    const order = (id: string, status: string) => ({ id, status }) as OrderMessage;
    const { fold } = orders("acc");
    let found = fold(undefined, update({ entry: "1", orders: [order("a", "open"), order("b", "open")] }, "snapshot"));
    found = fold(found, update({ entry: "2", orders: [order("a", "filled")] }));
    expect([...found.values()].map((each) => each.status)).toEqual(["filled", "open"]);
    found = fold(found, update({ entry: "3", orders: [] }, "snapshot"));
    expect(found.size).toBe(0);
    const held = positions("acc").fold(
      undefined,
      update({ entry: "1", positions: [{ symbol: "A" } as PositionMessage] }),
    );
    expect([...held.keys()]).toEqual(["A"]);
  });

  it("fills, the newest first", () => {
    const fill = (price: string) => ({ price }) as FillOfOrder;
    const { fold } = fills("acc");
    const found = fold(
      fold(undefined, update({ entry: "1", fills: [fill("1"), fill("2")] })),
      update({ entry: "2", fills: [fill("3")] }),
    );
    expect(found.map((each) => each.price)).toEqual(["3", "2", "1"]);
  });

  it("a run, from its first message to done", () => {
    const told: RunData[] = [
      { kind: "progress", status: "running", progress: 0.5, eta: null },
      { kind: "equity", times: ["2026-01-01"], equity: [1] },
      { kind: "equity", times: ["2026-01-02"], equity: [2] },
      { kind: "log", text: "half", bar: null },
      { kind: "done" },
    ];
    const { fold } = run("bt_1");
    const found = told.reduce<LiveRun | undefined>((before, each) => fold(before, update(each)), undefined);
    expect(found).toMatchObject({
      progress: 0.5,
      equity: [1, 2],
      log: [{ text: "half", bar: null }],
      cut: 0,
      isDone: true,
    });
  });
});
