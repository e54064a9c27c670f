/** The state of the page's connection: that of the web socket, or whether the gateway answers while none is needed. */
import type { StreamState } from "@arbitrax/client";
import { FrameValue, useFrameValue } from "./frame_value";

export interface ConnectionState {
  /** `idle`: the gateway answers, and nothing on this page changes by itself. */
  readonly state: "connecting" | "live" | "idle" | "offline";
  /** Milliseconds of a round trip; null: not measured yet. */
  readonly latency: number | null;
  /** When it was last heard of, ms since 1970; what is shown is as of then while it is offline. */
  readonly heardAt: number;
}

export const connection = new FrameValue<ConnectionState>({ state: "connecting", latency: null, heardAt: Date.now() });

export function useConnection(): ConnectionState {
  return useFrameValue(connection);
}

export function tellState(state: StreamState): void {
  if (state === "open") connection.set({ ...connection.next, state: "live", heardAt: Date.now() });
  else if (state === "idle") connection.set({ ...connection.next, state: "idle" });
  else connection.set({ ...connection.next, state: "offline", latency: null });
}

export function tellLatency(latency: number, isLive: boolean): void {
  connection.set({ state: isLive ? "live" : "idle", latency, heardAt: Date.now() });
}
