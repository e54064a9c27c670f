// What a gateway refuses.

import type { Problem } from "./messages.js";

/** A refusal: programs decide by `code`. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";

  constructor(
    /** Stable, such as `order.price_off_tick`; `gateway.unreachable` when none answers. */
    readonly code: string,
    message: string,
    /** Of HTTP; 0 when there was no answer. */
    readonly status: number,
    /** Whether the same request may succeed later. */
    readonly retryable: boolean,
    readonly retryAfterMs?: number,
    /** The whole answer: its fields that are wrong, the request's id. */
    readonly problem?: Problem,
  ) {
    super(message);
  }
}

/** The error that an answer tells of; one that is no problem+json is a proxy's, or not our gateway's. */
export async function errorOf(answer: Response): Promise<GatewayError> {
  const told = Number(answer.headers.get("Retry-After") ?? Number.NaN);
  const after = Number.isFinite(told) ? told * 1000 : undefined;
  try {
    const found = (await answer.json()) as Partial<Problem>;
    if (typeof found.code === "string" && typeof found.detail === "string") {
      const problem = found as Problem;
      return new GatewayError(problem.code, sentenceOf(problem), answer.status, problem.retryable, after, problem);
    }
  } catch {
    // It is no JSON.
  }
  const retryable = [408, 429, 502, 503, 504].includes(answer.status);
  const sentence = `The server answered ${answer.status} without saying why; is it a gateway?`;
  return new GatewayError("request.failed", sentence, answer.status, retryable, after);
}

/** What an `error` of a socket says. */
export type SocketError = Pick<Problem, "code" | "detail" | "retryable" | "errors"> & {
  /** Seconds. */
  readonly retry_after: number | null;
};

/** The error that a socket's answer tells of. */
export function refusalOf(told: SocketError): GatewayError {
  const { code, detail, retryable, errors = [] } = told;
  const problem = { type: `/docs#${code}`, title: "", status: 0, code, detail, request_id: "", retryable, errors };
  const after = told.retry_after === null ? undefined : told.retry_after * 1000;
  return new GatewayError(code, sentenceOf(problem), 0, retryable, after, problem);
}

function sentenceOf(problem: Pick<Problem, "detail" | "errors">): string {
  const wrong = (problem.errors ?? []).filter((each) => each.detail !== problem.detail);
  return [problem.detail, ...wrong.map((each) => `${each.pointer}: ${each.detail}`)].join(" ");
}

/** Whatever was thrown, as an error of a gateway. */
export function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError("gateway.unreachable", error instanceof Error ? error.message : String(error), 0, true);
}
