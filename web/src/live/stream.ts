/** The one web socket of the page, opened when something is followed and kept open until somebody signs out. */
import { Stream } from "@arbitrax/client";
import { transport } from "@/api/transport";
import { connection, tellLatency, tellState } from "./connection";

const LOOK_MS = 5_000;

let stream: Stream | undefined;
let looking: ReturnType<typeof setInterval> | undefined;
let onBack: () => void = () => undefined;
let onEnd: () => void = () => undefined;

export function liveStream(): Stream {
  stream ??= new Stream(transport, undefined, {
    onState: (state, reason) => {
      const was = connection.next.state;
      tellState(state);
      if (state === "open" && was === "offline") onBack();
      if (state === "failed" && reason?.status === 401) onEnd();
    },
  });
  return stream;
}

/** Begin to look how the connection is. `back`: it was lost and is there again; `end`: nobody is signed in any more. */
export function startLive(told: { back: () => void; end: () => void }): () => void {
  onBack = told.back;
  onEnd = told.end;
  void look();
  looking = setInterval(() => void look(), LOOK_MS);
  return () => {
    clearInterval(looking);
    stream?.close();
    stream = undefined;
  };
}

async function look(): Promise<void> {
  const live = await stream?.ping();
  if (live !== undefined) {
    tellLatency(live, true);
    return;
  }
  const begun = performance.now();
  try {
    const answer = await fetch("/health", { cache: "no-store" });
    if (!answer.ok) throw new Error("It does not answer.");
    const wasOffline = connection.next.state === "offline";
    // A socket that was lost opens again by itself, and tells.
    if (stream === undefined || !wasOffline) tellLatency(performance.now() - begun, false);
    if (stream === undefined && wasOffline) onBack();
  } catch {
    tellState("lost");
  }
}
