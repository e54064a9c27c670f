/** What the gateway refused, as it is kept in the store and told to people. */
import { GatewayError } from "@arbitrax/client";

export interface FieldProblem {
  /** JSON pointer into the body (`/parameters/fast`), or `?name` of a query. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Plain data, for the store holds no classes. */
export interface ApiError {
  /** Stable, such as `order.price_off_tick`; `gateway.unreachable` without an answer. */
  readonly code: string;
  readonly detail: string;
  /** Of HTTP, 0 without an answer. */
  readonly status: number;
  readonly retryable: boolean;
  readonly fields: readonly FieldProblem[];
  readonly requestId: string | null;
}

export function toApiError(error: unknown): ApiError {
  if (error instanceof GatewayError) {
    const problem = error.problem;
    return {
      code: error.code,
      detail: problem?.detail ?? error.message,
      status: error.status,
      retryable: error.retryable,
      fields: (problem?.errors ?? []).map(({ pointer, code, detail }) => ({ pointer, code, detail })),
      requestId: problem?.request_id ?? null,
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { code: "page.fault", detail, status: 0, retryable: false, fields: [], requestId: null };
}

export function isApiError(error: unknown): error is ApiError {
  return typeof error === "object" && error !== null && "code" in error && "detail" in error && "fields" in error;
}

/** One or two sentences: what is wrong, and what to do. */
export function sentenceOf(error: unknown): string {
  const found = isApiError(error) ? error : toApiError(error);
  if (found.code === "gateway.unreachable") return "The gateway does not answer. Is `arbitrax up` still running?";
  const more = found.fields.filter((each) => each.detail !== found.detail);
  return [found.detail, ...more.map((each) => `${nameOf(each.pointer)}: ${each.detail}`)].join(" ");
}

/** What is wrong with the field of a form, by its pointer; undefined: nothing. */
export function fieldError(error: unknown, pointer: string): string | undefined {
  return isApiError(error) ? error.fields.find((each) => each.pointer === pointer)?.detail : undefined;
}

/** Everything that whoever helps needs to know. */
export function reportOf(error: unknown): string {
  const found = isApiError(error) ? error : toApiError(error);
  return JSON.stringify({ ...found, page: window.location.pathname, at: new Date().toISOString() }, null, 2);
}

function nameOf(pointer: string): string {
  return pointer.replace(/^[/?]/, "").replaceAll("/", " ").replaceAll("_", " ");
}
