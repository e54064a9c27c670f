/** Sends a file of bars: the beginning of it to be looked at, all of it to be stored. */
import type { UploadMessage } from "@/api";
import { transport } from "@/api/transport";

export const ROLES = ["date", "time", "open", "high", "low", "close", "volume", "adj_close", "symbol"] as const;
export type Role = (typeof ROLES)[number];

export interface UploadChoices {
  readonly symbol: string;
  /** Empty: as the times tell. */
  readonly interval: string;
  /** Of times without a zone; empty: that of the exchange or UTC. */
  readonly timezone: string;
  /** Columns by what they were said to be, in the place of what their names tell. */
  readonly columns: Readonly<Partial<Record<Role, string>>>;
}

const PATH = "/api/v1/ingestions/uploads";
const TYPE = "text/csv";
/** What the gateway looks at of a file. */
const LOOKED_AT_BYTES = 1 << 18;
const NEWLINE = 10;

/** Ask what the gateway takes a file as; nothing of it is kept. */
export async function lookAt(file: Blob, choices: UploadChoices): Promise<UploadMessage> {
  const query = { ...queryOf(choices), preview: "true" };
  return transport.json<UploadMessage>("POST", PATH, { query, file: await headOf(file) });
}

/** Send all of a file; a worker stores what can be trusted of it. */
export async function store(file: Blob, choices: UploadChoices): Promise<UploadMessage> {
  const query = { ...queryOf(choices), symbol: choices.symbol };
  return transport.json<UploadMessage>("POST", PATH, { query, file: file.slice(0, file.size, TYPE) });
}

/** The first rows, whole ones. */
export async function headOf(file: Blob): Promise<Blob> {
  if (file.size <= LOOKED_AT_BYTES) return file.slice(0, file.size, TYPE);
  const bytes = new Uint8Array(await file.slice(0, LOOKED_AT_BYTES).arrayBuffer());
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  return new Blob([end === 0 ? bytes : bytes.subarray(0, end)], { type: TYPE });
}

/** The symbol that a file's name begins with: AAPL of `AAPL_1d.csv`, BTC-USD of `btc-usd 2024.csv`. */
export function symbolOf(name: string): string {
  const found = /^[A-Za-z0-9.^=-]+/.exec(name.replace(/\.(csv|txt|tsv)$/i, ""))?.[0] ?? "";
  return found.toUpperCase();
}

function queryOf({ interval, timezone, columns }: UploadChoices): Record<string, string> {
  const named = Object.entries(columns).map(([role, name]) => [`${role}_column`, name] as const);
  return {
    ...(interval === "" ? {} : { interval }),
    ...(timezone === "" ? {} : { timezone }),
    ...Object.fromEntries(named),
  };
}
