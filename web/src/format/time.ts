/** Times: the server sends ISO 8601 in UTC; the page has one clock, chosen once. */

export type Clock = "utc" | "local" | "exchange";
export const EXCHANGE_ZONE = "America/New_York";

const formats = new Map<string, Intl.DateTimeFormat>();

/** A moment as 2026-11-27 07:31:05.123 */
function written(at: Date, zone: string | undefined): string {
  // A log that is scrolled writes a hundred moments a frame; those of UTC take a tenth of the time so.
  if (zone === "UTC") return at.toISOString().slice(0, 23).replace("T", " ");
  const found = parts(at, zone);
  return `${found.year}-${found.month}-${found.day} ${found.hour}:${found.minute}:${found.second}.${found.fractionalSecond}`;
}

const LENGTHS = { minute: 16, second: 19, ms: 23 } as const;

function parts(at: Date, zone: string | undefined): Record<string, string> {
  const key = zone ?? "";
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-CA", {
      ...(zone === undefined ? {} : { timeZone: zone }),
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      fractionalSecondDigits: 3,
      hourCycle: "h23",
    });
    formats.set(key, format);
  }
  return Object.fromEntries(format.formatToParts(at).map((each) => [each.type, each.value]));
}

export function zoneOf(clock: Clock): string | undefined {
  return clock === "utc" ? "UTC" : clock === "exchange" ? EXCHANGE_ZONE : undefined;
}

const ahead = new Map<string, number>();
const QUARTER = 900; // no zone changes its clocks within a quarter of an hour

/** Seconds that a clock is ahead of UTC at a time, which is in seconds since 1970. */
export function secondsAhead(clock: Clock, seconds: number): number {
  if (clock === "utc") return 0;
  const quarter = Math.floor(seconds / QUARTER);
  const key = `${clock} ${quarter}`;
  let found = ahead.get(key);
  if (found === undefined) {
    const at = quarter * QUARTER * 1000;
    found = (Date.parse(`${formatTime(at, clock).replace(" ", "T")}Z`) - at) / 1000;
    ahead.set(key, found);
  }
  return found;
}

/** The time at which a clock shows "2026-11-27T09:30", as ISO 8601; undefined: it is none from 1970 on. */
export function timeShown(wall: string, clock: Clock): string | undefined {
  const shown = Date.parse(`${wall}Z`) / 1000;
  if (!(shown >= 0)) return undefined;
  const near = shown - secondsAhead(clock, shown);
  const at = shown - secondsAhead(clock, near); // clocks may have changed between the two
  return at >= 0 ? new Date(at * 1000).toISOString() : undefined;
}

/** What is written beside times. */
export function zoneName(clock: Clock): string {
  if (clock === "utc") return "UTC";
  const format = new Intl.DateTimeFormat("en", { timeZone: zoneOf(clock), timeZoneName: "short" });
  return format.formatToParts(new Date()).find((each) => each.type === "timeZoneName")?.value ?? "local";
}

/** 2026-11-27 07:31:05 */
export function formatTime(
  iso: string | number,
  clock: Clock,
  precision: "minute" | "second" | "ms" = "second",
): string {
  return written(new Date(iso), zoneOf(clock)).slice(0, LENGTHS[precision]);
}

/** 07:31:05 */
export function formatTimeOfDay(iso: string | number, clock: Clock, ms = false): string {
  return formatTime(iso, clock, ms ? "ms" : "second").slice(11);
}

/** The day of a bar, which no zone moves: a day of prices is a day. */
export function formatDay(iso: string): string {
  return iso.slice(0, 10);
}

/** Relative for the last hour, else the time: "4 s ago", "12 min ago". */
export function formatAge(iso: string, now: number, clock: Clock): string {
  const seconds = (now - new Date(iso).getTime()) / 1000;
  if (seconds < -1 || seconds >= 3600) return formatTime(iso, clock, "minute");
  if (seconds < 2) return "now";
  return seconds < 60 ? `${Math.floor(seconds)} s ago` : `${Math.floor(seconds / 60)} min ago`;
}
