import type { JobChange, JobsData, Listener, Update } from "@arbitrax/client";
import { act, render } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { Provider } from "react-redux";
import { api } from "@/api";
import { transport } from "@/api/transport";
import { JobChanges } from "@/app/JobChanges";
import { makeStore } from "../store";
import { forgetChannels } from "@/live/channels";

let listener: Listener<Update<JobsData>> | undefined;
vi.mock("@/live/stream", () => ({
  liveStream: () => ({
    jobs: (given: Listener<Update<JobsData>>) => {
      listener = given;
      return () => undefined;
    },
  }),
}));

const RUN: JobChange = { kind: "backtest", id: "bt_1", status: "running", cancel_asked: false };

function show() {
  const asked: string[] = [];
  vi.spyOn(transport, "ask").mockImplementation((_method, url) => {
    asked.push(url);
    return Promise.resolve(Response.json({ data: [], has_more: false, next_cursor: null }));
  });
  const store = makeStore();
  void store.dispatch(api.endpoints.listBacktests.initiate({ limit: 1 }));
  void store.dispatch(api.endpoints.listIngestions.initiate({ limit: 1 }));
  void store.dispatch(api.endpoints.listSeries.initiate({ limit: 1 }));
  render(
    <Provider store={store}>
      <JobChanges />
    </Provider>,
  );
  return asked;
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
async function tell(type: "snapshot" | "event", ...jobs: readonly JobChange[]) {
  act(() => listener?.next({ channel: "jobs", type, symbol: "usr_1", seq: 1, at: "", data: { jobs } }));
  await pass(50);
}
const taken = (asked: string[]) => asked.splice(0).map((each) => each.split("/").at(-1));

beforeEach(() => {
  vi.useFakeTimers();
  forgetChannels();
  return () => vi.useRealTimers();
});

test("a list is asked for anew when one of its jobs changed, and no other list", async () => {
  const asked = show();
  await pass(50);
  taken(asked);
  await tell("event", RUN);
  expect(taken(asked)).toEqual(["backtests"]);
  await tell("event", { ...RUN, kind: "ingestion", id: "ing_1" });
  expect(taken(asked)).toEqual(["ingestions"]);
});

test("what an ingestion brought is asked for when it is over", async () => {
  const asked = show();
  await pass(50);
  taken(asked);
  await tell("event", { kind: "ingestion", id: "ing_1", status: "succeeded", cancel_asked: false });
  expect(taken(asked).toSorted()).toEqual(["ingestions", "series"]);
});

test("of many changes lists are asked for once a second, and after the last one", async () => {
  const asked = show();
  await pass(50);
  taken(asked);
  for (let at = 0; at < 30; at += 1) await tell("event", RUN); // 1.5 s
  expect(taken(asked)).toHaveLength(2);
  await pass(1_000);
  expect(taken(asked)).toHaveLength(1);
  await pass(5_000);
  expect(taken(asked)).toEqual([]);
});

test("after a gap, which a snapshot ends, everything is asked for", async () => {
  const asked = show();
  await pass(50);
  taken(asked);
  await tell("snapshot");
  expect(taken(asked).toSorted()).toEqual(["backtests", "ingestions", "series"]);
});
