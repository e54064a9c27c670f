import { beforeEach, expect, test, vi } from "vitest";
import type { Asked } from "@/api/base_query";

const ANSWERS = {
  "/api/v1/backtests/bt_1": { id: "bt_1" },
  "/api/v1/backtests/bt_1/equity": { bars: 3 },
  "/api/v1/backtests/bt_1/prices?symbol=A&B": { symbol: "A&B" },
};

beforeEach(() => {
  vi.resetModules();
  const element = document.createElement("script");
  Object.assign(element, { id: "recorded", type: "application/json" });
  element.textContent = JSON.stringify({ runs: ["bt_1"], answers: ANSWERS, cuts: [], priced: ["A&B"], notices: [] });
  document.body.replaceChildren(element);
});

async function ask(asked: Asked | string) {
  const { baseQuery } = await import("@/report/base_query");
  return baseQuery(asked, {} as never, {});
}

test("what was recorded is answered by its path, whatever part of it is asked for", async () => {
  expect(await ask("/api/v1/backtests/bt_1")).toMatchObject({ data: { id: "bt_1" } });
  expect(
    await ask({ url: "/api/v1/backtests/bt_1/equity", params: { points: 10, start: "2000-01-01" } }),
  ).toMatchObject({ data: { bars: 3 } });
  expect(await ask("/api/v1/backtests/bt_1/equity?points=2000")).toMatchObject({ data: { bars: 3 } });
});

test("prices are those of the symbol", async () => {
  const prices = { url: "/api/v1/backtests/bt_1/prices" };
  expect(await ask({ ...prices, params: { symbol: "A&B" } })).toMatchObject({ data: { symbol: "A&B" } });
  expect(await ask({ ...prices, params: { symbol: "C" } })).toMatchObject({ error: { status: 404 } });
});

test("what was not recorded is refused in a sentence", async () => {
  expect(await ask("/api/v1/backtests/bt_1/reproduction")).toMatchObject({
    error: { code: "report.not_recorded", status: 404, retryable: false },
  });
});
