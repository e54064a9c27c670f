/** What `arbitrax up` starts, on a folder and a port of its own. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ARBITRAX = fileURLToPath(new URL("../../../.venv/bin/arbitrax", import.meta.url));
const PATIENCE_MS = 120_000;

/** Without the house's maker: what trades is what the pictures need, the same each time. */
export async function startStack() {
  const home = mkdtempSync(join(tmpdir(), "arbitrax-pictures-"));
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("ARBITRAX_"));
  const env = { ...Object.fromEntries(others), ARBITRAX_HOME: home, ARBITRAX_STRATEGY_UPLOADS: "admin" };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const up = spawn(ARBITRAX, ["up", "--json", "--no-sample", "--port", String(port)], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  up.stderr.on("data", (text) => (said += text));
  const stop = async () => {
    if (up.exitCode === null) {
      const ended = new Promise((resolve) => up.once("exit", resolve));
      up.kill("SIGTERM");
      await ended;
    }
    rmSync(home, { recursive: true, force: true });
  };
  const end = Date.now() + PATIENCE_MS;
  while (!(await isReady(url))) {
    if (up.exitCode !== null || Date.now() > end) {
      await stop();
      throw new Error(`arbitrax up does not get ready:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const run = (words, input = "") => execFileSync(ARBITRAX, words, { env, input, encoding: "utf8" });
  /** Of the first user, as `arbitrax up` left it without a terminal. */
  const firstPassword = () => readFileSync(join(home, "identity", "admin.password"), "utf8").trim();
  return { url, home, run, firstPassword, stop };
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/ready`)).ok;
  } catch {
    return false;
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
