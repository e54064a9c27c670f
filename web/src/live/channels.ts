/** Channels by name: each is followed once, however many components show it, and left soon after the last one went. */
import type { Leave, Listener, Stream } from "@arbitrax/client";
import { useEffect, useMemo } from "react";
import type { ApiError } from "@/api/problems";
import { toApiError } from "@/api/problems";
import { FrameValue, useFrameValue } from "./frame_value";
import { liveStream } from "./stream";

export interface Live<T> {
  /** Undefined until something came. */
  readonly data: T | undefined;
  /** When it came, ms since 1970. */
  readonly at: number;
  /** Why it can not be followed. */
  readonly error: ApiError | undefined;
}

/** How a channel is followed, and how what comes is added to what there is. */
export interface Channel<M, T> {
  /** The same for the same data. */
  readonly key: string;
  readonly open: (stream: Stream, listener: Listener<M>) => Leave;
  readonly fold: (before: T | undefined, message: M) => T;
}

interface Followed {
  users: number;
  leave: Leave | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const NOTHING: Live<never> = { data: undefined, at: 0, error: undefined };
/** Pages that follow the same one after the other see no gap. */
const LINGER_MS = 2_000;
const followed = new Map<string, Followed>();
const values = new Map<string, FrameValue<unknown>>();
const nothing = new FrameValue<Live<never>>(NOTHING);

/** Of a channel the value that is drawn: one for all who show it, made before it is followed. */
function valueOf<T>(key: string): FrameValue<Live<T>> {
  let found = values.get(key);
  if (found === undefined) {
    found = new FrameValue<Live<T>>(NOTHING);
    values.set(key, found);
  }
  return found as FrameValue<Live<T>>;
}

/** Follow a channel into a value, as one of its users. */
function acquire<M, T>(channel: Channel<M, T>, value: FrameValue<Live<T>>): () => void {
  const found = followed.get(channel.key) ?? open(channel, value);
  clearTimeout(found.timer);
  found.users += 1;
  return () => {
    found.users -= 1;
    if (found.users > 0) return;
    found.timer = setTimeout(() => {
      found.leave?.();
      if (followed.get(channel.key) !== found) return;
      followed.delete(channel.key);
      values.delete(channel.key);
    }, LINGER_MS);
  };
}

function open<M, T>(channel: Channel<M, T>, value: FrameValue<Live<T>>): Followed {
  const made: Followed = { users: 0, leave: undefined, timer: undefined };
  followed.set(channel.key, made);
  values.set(channel.key, value);
  try {
    made.leave = channel.open(liveStream(), {
      next: (message) => value.set({ data: channel.fold(value.next.data, message), at: Date.now(), error: undefined }),
      error: (error) => value.set({ ...value.next, error: toApiError(error) }),
    });
  } catch (error) {
    value.set({ ...value.next, error: toApiError(error) });
  }
  return made;
}

/** Forget everything: somebody else signs in. */
export function forgetChannels(): void {
  for (const each of followed.values()) clearTimeout(each.timer);
  followed.clear();
  values.clear();
}

/** The value of a channel, for what draws itself; undefined: nothing is followed. */
export function useChannelValue<M, T>(channel: Channel<M, T> | undefined): FrameValue<Live<T>> {
  const key = channel?.key;
  const value = useMemo(() => (key === undefined ? (nothing as FrameValue<Live<T>>) : valueOf<T>(key)), [key]);
  useEffect(
    () => (channel === undefined ? undefined : acquire(channel, value)),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- its key says what a channel is
    [key, value],
  );
  return value;
}

/** What came of a channel, drawn once a frame. */
export function useChannel<M, T>(channel: Channel<M, T> | undefined): Live<T> {
  return useFrameValue(useChannelValue(channel));
}
