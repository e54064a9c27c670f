/** What `arbitrax up` starts, on a folder and ports of its own, with two traders and a market: once for all tests. */
import { spawn, execFileSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "@arbitrax/client";
import type { TestProject } from "vitest/node";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ARBITRAX = join(ROOT, ".venv", "bin", "arbitrax");
/** Of all traders. */
export const PASSWORD = "a long enough password";
const PATIENCE_MS = 90_000;

export interface StackPlace {
  readonly url: string;
  readonly home: string;
}

declare module "vitest" {
  interface ProvidedContext {
    stack: StackPlace | undefined;
  }
}

/** Chromium of this machine; undefined: there is none, and browser tests do not run. */
export function chromium(): string | undefined {
  const given = process.env["CHROMIUM"];
  if (given !== undefined) return given;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

export class Stack implements StackPlace {
  private constructor(
    readonly url: string,
    readonly home: string,
    private readonly process: ChildProcess,
  ) {}

  static async start(): Promise<Stack> {
    const home = mkdtempSync(join(tmpdir(), "arbitrax-browser-"));
    const port = await freePort();
    const up = spawn(ARBITRAX, ["up", "--json", "--no-sample", "--port", String(port)], {
      env: environment(home),
      stdio: ["ignore", "ignore", "pipe"],
    });
    const said: string[] = [];
    up.stderr.on("data", (text: Buffer) => said.push(text.toString()));
    const stack = new Stack(`http://127.0.0.1:${port}`, home, up);
    const end = Date.now() + PATIENCE_MS;
    while (!(await stack.isReady())) {
      if (up.exitCode !== null || Date.now() > end) {
        await stack.stop();
        throw new Error(`arbitrax up does not get ready:\n${said.join("")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return stack;
  }

  /** Run a command on it, and return what it prints. */
  run(words: readonly string[], input = ""): string {
    return execFileSync(ARBITRAX, words, { env: environment(this.home), input, encoding: "utf8" });
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      const ended = new Promise((resolve) => this.process.once("exit", resolve));
      this.process.kill("SIGTERM");
      await ended;
    }
    rmSync(this.home, { recursive: true, force: true });
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/ready`)).ok;
    } catch {
      return false;
    }
  }
}

/** Of the first user, as `arbitrax up` left it without a terminal. */
export function firstPassword(home: string): string {
  return readFileSync(join(home, "identity", "admin.password"), "utf8").trim();
}

/** End the gateway as a crash would; `arbitrax up` starts it again. */
export function killGateway(url: string): void {
  const wanted = `serve api --port ${new URL(url).port}`;
  const lines = execFileSync("ps", ["-axww", "-o", "pid=,args="], { encoding: "utf8" }).split("\n");
  const found = lines.filter((each) => `${each} `.includes(`${wanted} `));
  if (found.length !== 1) throw new Error(`There is no one gateway: ${found.join("; ")}`);
  process.kill(Number.parseInt(found[0] ?? "", 10), "SIGKILL");
}

function environment(home: string): NodeJS.ProcessEnv {
  // Settings of whoever runs the tests are not ours.
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("ARBITRAX_"));
  return { ...Object.fromEntries(others), ARBITRAX_HOME: home, ARBITRAX_STRATEGY_UPLOADS: "admin" };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Ada has two runs and the account demo, Bob makes a market from the account maker, Cy is new, Dot is an admin. */
async function furnish(stack: Stack): Promise<void> {
  for (const name of ["ada", "bob", "cy"]) {
    stack.run(["user", "add", name, "--role", "trader", "--password-stdin"], PASSWORD);
  }
  stack.run(["user", "add", "dot", "--role", "admin", "--password-stdin"], PASSWORD);
  stack.run(["exchange", "configure"]);
  stack.run(["exchange", "give", "demo", "ada"]);
  stack.run(["exchange", "give", "maker", "bob"]);
  const bob = connect({ urls: [stack.url] });
  await bob.login("bob", PASSWORD);
  for (let level = 0; level < 8; level += 1) {
    const quantity = ((level + 1) * 0.01).toFixed(2);
    await bob.orders.submit({ symbol: "BTC-USD", side: "buy", quantity, price: String(60_000 - 10 * level) });
    await bob.orders.submit({ symbol: "BTC-USD", side: "sell", quantity, price: String(60_010 + 10 * level) });
  }
  const ada = connect({ urls: [stack.url] });
  await ada.login("ada", PASSWORD);
  await ada.orders.submit({ symbol: "BTC-USD", side: "buy", quantity: "0.01", price: "60010" });
  const { id } = await ada.backtests.submit({ strategy: "sma_cross", symbols: ["AAPL"], benchmark: "AAPL" });
  await ada.backtests.wait(id);
  await ada.backtests.wait((await ada.backtests.submit({ strategy: "rsi_reversion", symbols: ["AAPL"] })).id);
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (chromium() === undefined) {
    project.provide("stack", undefined);
    return undefined;
  }
  const stack = await Stack.start();
  try {
    await furnish(stack);
  } catch (error) {
    await stack.stop();
    throw error;
  }
  project.provide("stack", { url: stack.url, home: stack.home });
  return () => stack.stop();
}
