import { MantineProvider } from "@mantine/core";
import { act, render, screen, within } from "@testing-library/react";
import type { ReactNode } from "react";
import { Provider } from "react-redux";
import { MemoryRouter } from "react-router";
import { beforeEach, expect, test, vi } from "vitest";
import { Page, Section } from "@/app/Page";
import { ComesByItself, Loaded } from "@/app/states";
import { RunInProgress } from "@/features/backtests/RunInProgress";
import { Tape } from "@/features/trade/Tape";
import { connection } from "@/live/connection";
import { run } from "../features/dashboard/samples";
import { makeStore } from "../store";

vi.mock("@/live/stream", () => ({
  liveStream: () => new Proxy({}, { get: () => () => () => undefined }),
}));

const MARK = /^Not updated; as of/;
const refetch = vi.fn();

function tell(state: "live" | "offline", heardAt = Date.now()) {
  act(() => {
    connection.set({ state, latency: null, heardAt });
    connection.show();
  });
}

function show(what: ReactNode) {
  return render(
    <Provider store={makeStore()}>
      <MantineProvider env="test">
        <MemoryRouter>{what}</MemoryRouter>
      </MantineProvider>
    </Provider>,
  );
}

beforeEach(() => {
  vi.stubGlobal("matchMedia", (media: string) =>
    Object.assign(new EventTarget(), { matches: false, media, onchange: null }),
  );
  tell("live");
});

test("what is live tells the section it is in, what is not live tells nobody", () => {
  const query = { data: "rows", refetch };
  show(
    <Page title="Backtests">
      <Section title="Runs">
        <Loaded query={query} isLive skeleton={null}>
          {(data) => data}
        </Loaded>
      </Section>
      <Section title="Parameters">
        <Loaded query={query} skeleton={null}>
          {(data) => data}
        </Loaded>
      </Section>
    </Page>,
  );
  expect(screen.queryByText(MARK)).toBeNull();
  tell("offline");
  expect(screen.getAllByText(MARK)).toHaveLength(1);
  const runs = screen.getByRole("region", { name: "Runs" });
  expect(within(runs).getByText(MARK).closest("header")).not.toBeNull();
  expect(runs).toHaveAttribute("data-old");
  expect(screen.getByRole("region", { name: "Parameters" })).not.toHaveAttribute("data-old");
  tell("live");
  expect(screen.queryByText(MARK)).toBeNull();
  expect(runs).not.toHaveAttribute("data-old");
});

test("several in one section are one mark, as old as the oldest; of an answer that failed it stays until the next one", () => {
  const now = Date.now();
  const section = (error?: Error) => (
    <Section title="Runs">
      <ComesByItself />
      <Loaded query={{ data: "rows", error, fulfilledTimeStamp: now - 300_000, refetch }} isLive skeleton={null}>
        {(data) => data}
      </Loaded>
    </Section>
  );
  const { rerender } = show(section());
  const again = (error?: Error) =>
    rerender(
      <Provider store={makeStore()}>
        <MantineProvider env="test">
          <MemoryRouter>{section(error)}</MemoryRouter>
        </MantineProvider>
      </Provider>,
    );
  tell("offline", now - 61_000);
  again(new Error("It does not answer."));
  expect(screen.getByText(MARK)).toHaveTextContent("5 min ago");
  tell("live");
  expect(screen.getByText(MARK)).toHaveTextContent("5 min ago");
  again();
  expect(screen.queryByText(MARK)).toBeNull();
});

test("a run in progress and the tape are marked, and keep the room of their marks", () => {
  const going = run({ status: "running", progress: 0.4, finished_at: null });
  show(
    <>
      <RunInProgress run={going} onDone={vi.fn()} />
      <Tape symbol="BTC-USD" rows={8} />
    </>,
  );
  const heading = screen.getByRole("heading", { level: 1 });
  const { textContent } = heading;
  const tape = screen.getByRole("table", { name: "Trades of BTC-USD" }).parentElement;
  tell("offline");
  expect(screen.getAllByText(MARK)).toHaveLength(2);
  expect(heading).toHaveTextContent(textContent);
  expect(tape).toHaveAttribute("data-old");
  tell("live");
  expect(screen.queryByText(MARK)).toBeNull();
  expect(tape).not.toHaveAttribute("data-old");
});
