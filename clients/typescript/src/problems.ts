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
      const wrong = (problem.errors ?? []).filter((each) => each.detail !== problem.detail);
      const sentence = [problem.detail, ...wrong.map((each) => `${each.pointer}: ${each.detail}`)].join(" ");
      return new GatewayError(problem.code, sentence, answer.status, problem.retryable, after, problem);
    }
  } catch {
    // It is no JSON.
  }
  const retryable = [408, 429, 502, 503, 504].includes(answer.status);
  const sentence = `The server answered ${answer.status} without saying why; is it a gateway?`;
  return new GatewayError("request.failed", sentence, answer.status, retryable, after);
}

/** Whatever was thrown, as an error of a gateway. */
export function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError("gateway.unreachable", error instanceof Error ? error.message : String(error), 0, true);
}
