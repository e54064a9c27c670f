// Requests and answers: tried again where that is safe, on another gateway where one does not answer.

import type { AccessToken } from "./messages.js";
import { GatewayError, errorOf } from "./problems.js";
import { LONGEST_MS, sleep, waitBefore } from "./waiting.js";

const SAFE = ["GET", "PUT", "DELETE"];
const LATER = [408, 429, 502, 503, 504];
const COOKIE = "arbitrax_refresh";
/** The part of a token's life after which another one is asked for. */
const PART = 0.75;
/** Of a browser's tabs, which share the cookie; one that hangs keeps the others no longer than so long. */
const RENEWING = "arbitrax.refresh";
const RENEWING_MS = 10_000;

export interface ClientOptions {
  /** Gateways that serve the same, the first one first, such as `http://localhost:8080`. */
  readonly urls: readonly string[];
  /** For programs; people sign in with `login`. */
  readonly apiKey?: string;
  /** How often what failed is tried again. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
  /** Where there is no global one (Node 20 without `--experimental-websocket`): that of the package `ws`, say. */
  readonly webSocket?: typeof WebSocket;
}

export interface Ask {
  readonly query?: Readonly<Record<string, string | number | null | undefined>>;
  readonly body?: unknown;
  readonly accept?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without saying who asks. */
  readonly isPublic?: boolean;
  /** Whether it may be sent again when nobody knows if it was done; else by its method and key. */
  readonly isSafe?: boolean;
}

/** A new idempotency key; `crypto.randomUUID` is for secure pages only. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
}

export class Transport {
  readonly urls: readonly string[];
  readonly retries: number;
  readonly #fetch: typeof fetch;
  readonly #apiKey: string | undefined;
  #at = 0;
  #access: string | undefined;
  #renewAt = Number.POSITIVE_INFINITY;
  /** Only outside of browsers, which keep the cookie where no script sees it. */
  #cookie: string | undefined;
  #renewing: Promise<boolean> | undefined;

  constructor(options: ClientOptions) {
    this.urls = options.urls.map((each) => each.replace(/\/+$/, ""));
    if (this.urls.length === 0) throw new TypeError("Name a gateway, such as http://localhost:8080.");
    this.retries = options.retries ?? 6;
    this.#fetch = options.fetch ?? fetch.bind(globalThis);
    this.#apiKey = options.apiKey;
  }

  /** Sign in; the access token is kept in memory only. */
  async login(name: string, password: string): Promise<AccessToken> {
    const answer = await this.ask("POST", "/api/v1/auth/login", {
      body: { name, password },
      isPublic: true,
      isSafe: true,
    });
    return this.#signedIn(answer);
  }

  /** Go on with an earlier login of this browser; false: there is none. */
  async resumeLogin(): Promise<boolean> {
    return this.renew(this.#access);
  }

  async logout(): Promise<void> {
    await this.ask("POST", "/api/v1/auth/logout", { key: newKey() });
    this.#access = this.#cookie = undefined;
  }

  /** A credential that counts for a while; undefined: nobody signed in. */
  async token(): Promise<string | undefined> {
    if (this.#apiKey !== undefined) return this.#apiKey;
    if (this.#access !== undefined && Date.now() >= this.#renewAt) await this.renew(this.#access);
    return this.#access;
  }

  /** When the token should be replaced, in milliseconds since 1970. */
  get renewAt(): number {
    return this.#apiKey === undefined ? this.#renewAt : Number.POSITIVE_INFINITY;
  }

  /** Get another token than a stale one; one request is made for all who ask. */
  async renew(stale: string | undefined): Promise<boolean> {
    if (this.#apiKey !== undefined) return false;
    if (this.#access !== stale) return true;
    this.#renewing ??= this.#refresh().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async json<T>(method: string, path: string, ask: Ask = {}): Promise<T> {
    const keyed = method === "POST" && ask.key === undefined ? { ...ask, key: newKey() } : ask;
    return (await (await this.ask(method, path, keyed)).json()) as T;
  }

  /** The answer to a request, or a GatewayError. */
  async ask(method: string, path: string, ask: Ask = {}): Promise<Response> {
    const safe = ask.isSafe ?? (SAFE.includes(method) || ask.key !== undefined);
    let renewed = false;
    for (let failed = 0; ; ) {
      const token = ask.isPublic === true ? undefined : await this.token();
      const gateway = this.#gateway();
      const found = await this.#once(gateway + path + queryOf(ask.query), this.#request(method, ask, token), safe);
      if (found instanceof Response) return found;
      if (found.reason.status === 401 && token !== undefined && !renewed) {
        renewed = true;
        if (await this.renew(token)) continue;
      }
      if (found.again && found.reason.status !== 429) this.#leave(gateway);
      if (!found.again || failed >= this.retries) throw found.reason;
      failed += 1;
      await sleep(waitBefore(failed, found.reason.retryAfterMs));
    }
  }

  /** An answer; or why there is none, and whether the same may be sent again. */
  async #once(url: string, init: RequestInit, safe: boolean): Promise<Response | { reason: GatewayError; again: boolean }> {
    let answer: Response;
    try {
      answer = await this.#fetch(url, init);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      const doubt = safe ? "" : " Whether the request was done is not known.";
      const reason = new GatewayError("gateway.unreachable", `${url} does not answer: ${cause}.${doubt}`, 0, safe);
      return { reason, again: safe };
    }
    if (answer.ok) return answer;
    const reason = await errorOf(answer);
    const later = LATER.includes(answer.status) && reason.retryable && safe;
    const again = later || answer.status === 429 || reason.code === "conflict.in_flight";
    return { reason, again: again && (reason.retryAfterMs ?? 0) <= LONGEST_MS };
  }

  #gateway(): string {
    return this.urls[this.#at] ?? "";
  }

  #leave(gateway: string): void {
    if (this.#gateway() === gateway) this.#at = (this.#at + 1) % this.urls.length;
  }

  #request(method: string, ask: Ask, token: string | undefined): RequestInit {
    const headers: Record<string, string> = { Accept: ask.accept ?? "application/json", ...ask.headers };
    if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
    if (ask.key !== undefined) headers["Idempotency-Key"] = ask.key;
    const init: RequestInit = { method, headers, credentials: "include" };
    if (ask.body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(ask.body);
    }
    return init;
  }

  /** Refresh in one tab at a time, where the page may lock (it is secure): each then has the cookie of the one before. */
  async #refresh(): Promise<boolean> {
    const { navigator } = globalThis as { navigator?: { locks?: LockManager } };
    const turn = { came: false };
    try {
      if (navigator?.locks !== undefined) {
        return await navigator.locks.request(RENEWING, { signal: AbortSignal.timeout(RENEWING_MS) }, () => {
          turn.came = true;
          return this.#exchange();
        });
      }
    } catch (error) {
      if (turn.came) throw error; // else it could not be locked, and a gateway takes two at once as well
    }
    return this.#exchange();
  }

  async #exchange(): Promise<boolean> {
    const headers: Record<string, string> = this.#cookie === undefined ? {} : { Cookie: `${COOKIE}=${this.#cookie}` };
    try {
      // When the answer was lost the token may be used up, but it counts again for a moment.
      await this.#signedIn(await this.ask("POST", "/api/v1/auth/refresh", { headers, isPublic: true, isSafe: true }));
      return true;
    } catch (error) {
      if (error instanceof GatewayError && error.status === 401) {
        this.#access = this.#cookie = undefined;
        return false;
      }
      throw error;
    }
  }

  async #signedIn(answer: Response): Promise<AccessToken> {
    const found = (await answer.json()) as AccessToken;
    this.#access = found.access_token;
    const now = Date.now();
    const ends = Date.parse(found.expires_at);
    // By a clock that is wrong the token has ended already: then only a refusal tells.
    this.#renewAt = ends > now ? now + (ends - now) * PART : Number.POSITIVE_INFINITY;
    for (const each of answer.headers.getSetCookie()) {
      const [name, value] = (each.split(";", 1)[0] ?? "").split("=", 2);
      if (name === COOKIE) this.#cookie = value;
    }
    return found;
  }
}

function queryOf(query: Ask["query"]): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, String(value)]],
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs).toString()}`;
}
