/** In place of the web socket: nothing changes in a report. */
import type { ConnectionState } from "../live/connection";

const CONNECTION: ConnectionState = { state: "idle", latency: null, heardAt: 0 };

export function useConnection(): ConnectionState {
  return CONNECTION;
}

export function useChannel(): { readonly data: undefined } {
  return { data: undefined };
}

export function run(): undefined {
  return undefined;
}
