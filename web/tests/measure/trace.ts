/** Traces of Chromium: what its main thread did for each frame, by processor time where the trace has it. */
import type { CDPSession, Page } from "playwright-core";

const CATEGORIES = "devtools.timeline,disabled-by-default-devtools.timeline,toplevel";
const SCRIPT = new Set([
  "FunctionCall",
  "EvaluateScript",
  "v8.compile",
  "FireAnimationFrame",
  "TimerFire",
  "EventDispatch",
  "RunMicrotasks",
  "MajorGC",
  "MinorGC",
]);
const LAYOUT = new Set(["UpdateLayoutTree", "Layout", "PrePaint", "HitTest"]);

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** Of the thread's processor time. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds; `cpu` of the processor, `wall` by the clock, in which others may have run. */
export interface Work {
  readonly cpu: readonly number[];
  readonly wall: readonly number[];
}

export interface Told {
  /** Script and layout of each frame in which there was any. */
  readonly updates: Work;
  /** Longest tasks, the longest first. */
  readonly tasks: { readonly cpu: number; readonly wall: number; readonly what: string }[];
  readonly frames: number;
  readonly seconds: number;
}

/** Do something while the page is traced. */
export async function traced(page: Page, work: () => Promise<void>): Promise<Told> {
  const session = await page.context().newCDPSession(page);
  const events = await collected(session, work);
  await session.detach();
  return told(events);
}

async function collected(session: CDPSession, work: () => Promise<void>): Promise<TraceEvent[]> {
  await session.send("Tracing.start", {
    transferMode: "ReturnAsStream",
    traceConfig: { includedCategories: CATEGORIES.split(","), recordMode: "recordAsMuchAsPossible" },
  } as never);
  await work();
  const complete = new Promise<string>((resolve) => {
    session.once("Tracing.tracingComplete", ({ stream }) => resolve(stream ?? ""));
  });
  await session.send("Tracing.end");
  const handle = await complete;
  const parts: string[] = [];
  for (;;) {
    const { data, eof, base64Encoded } = await session.send("IO.read", { handle, size: 1 << 22 });
    parts.push(base64Encoded === true ? Buffer.from(data, "base64").toString("utf8") : data);
    if (eof) break;
  }
  await session.send("IO.close", { handle });
  return (JSON.parse(parts.join("")) as { traceEvents: TraceEvent[] }).traceEvents;
}

/** What the main thread of the page did; the page's is the one that ran most. */
export function told(events: readonly TraceEvent[]): Told {
  const named = events.filter((each) => each.name === "thread_name" && each.args?.name === "CrRendererMain");
  const byThread = named.map(({ pid, tid }) => {
    const own = events.filter((each) => each.pid === pid && each.tid === tid && each.ph === "X");
    return own.sort((one, other) => one.ts - other.ts || (other.dur ?? 0) - (one.dur ?? 0));
  });
  const own = byThread.sort((one, other) => ran(other) - ran(one))[0] ?? [];
  const tasks = own.filter(isTask).map((each) => ({ cpu: cpu(each), wall: (each.dur ?? 0) / 1000, what: "" }));
  const longest = tasks.sort((one, other) => other.cpu - one.cpu).slice(0, 5);
  const starts = own.filter((each) => each.name === "FireAnimationFrame" || each.name === "BeginMainThreadFrame");
  const edges = frames(starts.map((each) => each.ts));
  const [cpus, walls] = [new Map<number, number>(), new Map<number, number>()];
  let end = 0;
  for (const each of own) {
    const counts = SCRIPT.has(each.name) || LAYOUT.has(each.name);
    // What lies within another that counts is counted with it.
    if (!counts || each.ts < end) continue;
    end = each.ts + (each.dur ?? 0);
    const frame = placeOf(edges, each.ts);
    cpus.set(frame, (cpus.get(frame) ?? 0) + cpu(each));
    walls.set(frame, (walls.get(frame) ?? 0) + (each.dur ?? 0) / 1000);
  }
  const [first, last] = [own[0]?.ts ?? 0, own.at(-1)?.ts ?? 0];
  return {
    updates: { cpu: [...cpus.values()], wall: [...walls.values()] },
    tasks: longest,
    frames: edges.length,
    seconds: (last - first) / 1e6,
  };
}

function isTask({ name }: TraceEvent): boolean {
  return name === "RunTask" || name === "ThreadControllerImpl::RunTask";
}

function ran(events: readonly TraceEvent[]): number {
  return events.filter(isTask).reduce((sum, each) => sum + (each.dur ?? 0), 0);
}

function cpu(event: TraceEvent): number {
  return (event.tdur ?? event.dur ?? 0) / 1000;
}

/** Frames begin where callbacks begin; those of one frame follow each other within 2 ms. */
function frames(times: readonly number[]): number[] {
  const found: number[] = [];
  for (const each of times) if (each - (found.at(-1) ?? -Infinity) > 2000) found.push(each);
  return found;
}

function placeOf(edges: readonly number[], time: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
