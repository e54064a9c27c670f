/** How RTK Query asks: by the client's transport, which renews tokens and tries again where that is safe. */
import { newKey } from "@arbitrax/client";
import type { BaseQueryFn } from "@reduxjs/toolkit/query";
import { toApiError, type ApiError } from "./problems";
import { sessionEnded } from "./session_events";
import { transport } from "./transport";

export interface Asked {
  readonly url: string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | null | undefined>>;
  /** How the answer is read; left out: as JSON or text. */
  readonly read?: ((answer: Response) => Promise<unknown>) | undefined;
}

export interface Answered {
  /** For `If-Match`. */
  readonly etag: string | null;
  /** Where what was made is. */
  readonly location: string | null;
}

export const baseQuery: BaseQueryFn<Asked | string, unknown, ApiError, object, Answered> = async (
  asked,
  { dispatch },
) => {
  const {
    url,
    method = "GET",
    params,
    body,
    headers,
    read = readWhole,
  } = typeof asked === "string" ? { url: asked } : asked;
  const given = Object.entries(headers ?? {}).filter((each): each is [string, string] => typeof each[1] === "string");
  try {
    const answer = await transport.ask(method, url, {
      query: asText(params),
      body,
      headers: Object.fromEntries(given),
      ...(url.endsWith("/report") ? { accept: "text/html" } : {}),
      ...(method === "POST" && headers?.["Idempotency-Key"] === undefined ? { key: newKey() } : {}),
    });
    return {
      data: answer.status === 204 ? null : await read(answer),
      meta: { etag: answer.headers.get("ETag"), location: answer.headers.get("Location") },
    };
  } catch (thrown) {
    const error = toApiError(thrown);
    if (error.status === 401) dispatch(sessionEnded());
    return { error };
  }
};

function readWhole(answer: Response): Promise<unknown> {
  return (answer.headers.get("Content-Type")?.includes("json") ?? false) ? answer.json() : answer.text();
}

function asText(params: Asked["params"]): Record<string, string | number | null | undefined> {
  return Object.fromEntries(
    Object.entries(params ?? {}).map(([name, value]) => [name, typeof value === "boolean" ? String(value) : value]),
  );
}
