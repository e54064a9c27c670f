// One connection of a web socket: requests and their answers, messages as they come.

import { type SocketError, refusalOf } from "./problems.js";

const PATH = "/api/v1/ws";
const PROTOCOL = "arbitrax.json";
/** Without a message, of which one comes each second, a connection is given up after so long. */
const SILENCE_MS = 10_000;
/** A request is answered within this, or the connection is given up. */
const ANSWER_MS = 30_000;
const OPENING_MS = 10_000;

export interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

export type Request = Readonly<Record<string, unknown>>;

/** The connection ended, or what came over it makes no sense; `code` is the server's, 0 without one. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";

  constructor(
    message: string,
    readonly code = 0,
  ) {
    super(message);
  }
}

interface Asked {
  readonly resolve: (answer: Message) => void;
  readonly reject: (error: Error) => void;
  readonly then: ((answer: Message) => void) | undefined;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class Connection {
  /** Rejects with ConnectionLost when it ends. */
  readonly ended: Promise<never>;
  #end: (error: ConnectionLost) => void = () => undefined;
  #lost: ConnectionLost | undefined;
  readonly #asked = new Map<number, Asked>();
  #ids = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    readonly socket: WebSocket,
    readonly onMessage: (message: Message) => void,
  ) {
    this.ended = new Promise((_, reject) => {
      this.#end = reject;
    });
    this.ended.catch(() => undefined);
    socket.addEventListener("message", (event: MessageEvent) => {
      this.#read(event.data);
    });
    socket.addEventListener("close", (event) => {
      this.giveUp(event.reason || "It was closed.", event.code);
    });
    socket.addEventListener("error", () => {
      this.giveUp("The socket failed.");
    });
    this.#listen();
  }

  /** Open one; `url` is the gateway's http address. */
  static async open(
    webSocket: typeof WebSocket,
    url: string,
    onMessage: (message: Message) => void,
  ): Promise<Connection> {
    const socket = new webSocket(url.replace(/^http/, "ws") + PATH, PROTOCOL);
    const made = new Connection(socket, onMessage);
    const opened = new Promise<void>((resolve) => {
      socket.addEventListener("open", () => {
        resolve();
      });
    });
    const timer = setTimeout(() => {
      made.giveUp("It did not open in time.");
    }, OPENING_MS);
    try {
      await Promise.race([opened, made.ended]);
    } finally {
      clearTimeout(timer);
    }
    return made;
  }

  /** Send a request and return its answer; `then` is called with it before any message after it. */
  ask(request: Request, then?: (answer: Message) => void): Promise<Message> {
    this.#ids += 1;
    const id = this.#ids;
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) {
        reject(this.#lost);
        return;
      }
      const timer = setTimeout(() => {
        this.giveUp("No answer came in time.");
      }, ANSWER_MS);
      this.#asked.set(id, { resolve, reject, then, timer });
      this.socket.send(JSON.stringify({ id, ...request }));
    });
  }

  /** Wait for answers that are still to come, for so long. */
  async finish(milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    while (this.#asked.size > 0 && this.#lost === undefined && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** End it. */
  giveUp(reason: string, code = 0): void {
    if (this.#lost !== undefined) return;
    this.#lost = new ConnectionLost(reason, code);
    clearTimeout(this.#silence);
    for (const each of this.#asked.values()) {
      clearTimeout(each.timer);
      each.reject(this.#lost);
    }
    this.#asked.clear();
    this.#end(this.#lost);
    this.socket.close();
  }

  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.giveUp("Nothing came for a while.");
    }, SILENCE_MS);
  }

  #read(data: unknown): void {
    if (this.#lost !== undefined) return;
    this.#listen();
    try {
      const found: unknown = JSON.parse(String(data));
      for (const each of (Array.isArray(found) ? found : [found]) as Message[]) this.#take(each);
    } catch (error) {
      this.giveUp(`What came makes no sense: ${String(error)}.`);
    }
  }

  #take(message: Message): void {
    if (!["ack", "result", "error", "pong"].includes(message.type) || "seq" in message) {
      this.onMessage(message);
      return;
    }
    const asked = this.#asked.get(Number(message["id"]));
    if (asked === undefined) return;
    this.#asked.delete(Number(message["id"]));
    clearTimeout(asked.timer);
    if (message.type === "error") {
      asked.reject(refusalOf(message as unknown as SocketError));
      return;
    }
    asked.then?.(message);
    asked.resolve(message);
  }
}
