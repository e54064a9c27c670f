import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useOrderSender } from "@/features/trade/use_order_sender";
import { NEW_ORDER } from "./samples";

interface Sent {
  readonly "Idempotency-Key": string;
  readonly newOrder: { readonly client_order_id: string };
}

const add = vi.fn<(sent: Sent) => Promise<object>>();
vi.mock("@/api", async (original) => ({ ...(await original<object>()), useAddOrderMutation: () => [add] }));

beforeEach(() => {
  vi.useFakeTimers();
  add.mockReset();
});
afterEach(() => {
  vi.useRealTimers();
});

const UNKNOWN = { data: { status: "unknown", id: null, account: "acc_1", client_order_id: null } };
const OPEN = { data: { status: "open", id: "ord_1", account: "acc_1", client_order_id: null, open_quantity: "1" } };
const refusal = (code: string, status: number, retryable = false) => ({
  error: { code, detail: "No.", status, retryable, fields: [], requestId: null },
});

const begin = () => renderHook(() => useOrderSender("acc_1")).result;
const after = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const ids = () => add.mock.calls.map(([sent]) => sent["Idempotency-Key"]);

it("an order whose outcome is not known is sent again under the same client order id", async () => {
  add
    .mockResolvedValueOnce(UNKNOWN)
    .mockResolvedValueOnce(refusal("gateway.unreachable", 0, true))
    .mockResolvedValue(OPEN);
  const result = begin();
  act(() => result.current.send(NEW_ORDER));
  expect(result.current.sent).toMatchObject([{ state: "sending" }]);
  await after(10);
  expect(result.current.sent).toMatchObject([{ state: "unknown", isGivenUp: false }]);
  await after(2_500);
  expect(result.current.sent).toMatchObject([{ state: "known", outcome: { id: "ord_1" } }]);
  expect(new Set(ids()).size).toBe(1);
  expect(ids()).toHaveLength(3);
  expect(add.mock.calls[0]?.[0].newOrder.client_order_id).toBe(ids()[0]);
});

it("after a while somebody decides: then it is sent again under the same id still", async () => {
  add.mockResolvedValue(UNKNOWN);
  const result = begin();
  act(() => result.current.send(NEW_ORDER));
  await after(30_000);
  expect(result.current.sent).toMatchObject([{ state: "unknown", isGivenUp: true }]);
  const asked = ids().length;
  await after(60_000);
  expect(ids()).toHaveLength(asked);
  add.mockResolvedValue(OPEN);
  const [sent] = result.current.sent;
  if (sent === undefined) throw new Error("It was forgotten.");
  act(() => result.current.sendAgain(sent));
  await after(10);
  expect(result.current.sent).toMatchObject([{ state: "known" }]);
  expect(new Set(ids()).size).toBe(1);
});

it("a refusal is final", async () => {
  add.mockResolvedValue(refusal("risk.no_buying_power", 403));
  const result = begin();
  act(() => result.current.send(NEW_ORDER));
  await after(5_000);
  expect(result.current.sent).toMatchObject([{ state: "refused", error: { code: "risk.no_buying_power" } }]);
  expect(ids()).toHaveLength(1);
});

it("each order has an id of its own, and none is sent on after its page was left", async () => {
  add.mockResolvedValue(UNKNOWN);
  const { result, unmount } = renderHook(() => useOrderSender("acc_1"));
  act(() => {
    result.current.send(NEW_ORDER);
    result.current.send({ ...NEW_ORDER, quantity: "2" });
  });
  await after(10);
  expect(new Set(ids()).size).toBe(2);
  unmount();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(ids()).toHaveLength(2);
});

it("clicked twice it is sent once, as while nobody knows what became of it; after the answer it is meant again", async () => {
  let answer: (outcome: object) => void = () => undefined;
  add.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const result = begin();
  const send = () => act(() => result.current.send({ ...NEW_ORDER }));
  send();
  send();
  await after(5_000);
  send();
  expect(ids()).toHaveLength(1);
  answer(OPEN);
  add.mockResolvedValue(OPEN);
  await after(400);
  send(); // the last click of several
  expect(ids()).toHaveLength(1);
  await after(501);
  send();
  expect(ids()).toHaveLength(2);
});
