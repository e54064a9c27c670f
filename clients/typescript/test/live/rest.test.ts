// Requests to a running gateway and exchange; tests/integration/api/test_typescript_client.py starts them.

import assert from "node:assert/strict";
import test from "node:test";

import { GatewayError, type NewOrder, connect } from "../../src/index.js";

function setting(name: string): string {
  const found = process.env[name];
  assert.ok(found, `${name} is not set: run by pytest.`);
  return found;
}

const url = setting("GATEWAY_URL");
const client = connect({ urls: [url], apiKey: setting("GATEWAY_KEY") });
const account = "mine";

function order(price: string, quantity = "1"): NewOrder {
  return { symbol: "COIN", side: "buy", price, quantity, account };
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of rows) found.push(each);
  return found;
}

async function refusal(work: Promise<unknown>): Promise<GatewayError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error));
    return error;
  }
  assert.fail("It was not refused.");
}

void test("an order lives from submission to its end", async () => {
  assert.equal((await client.orders.validate(order("11", "2"))).accepted, true);
  const made = await client.orders.submit(order("11", "2"));
  assert.equal(made.status, "open");
  const id = made.id ?? "";
  const changed = await client.orders.change(id, { quantity: "1.5" }, account);
  assert.equal(changed.quantity, "1.50");
  const found = await client.orders.find(made.client_order_id ?? "", account);
  assert.deepEqual(found, await client.orders.get(id, account));
  assert.ok((await all(client.orders.list({ account }))).some((each) => each.id === id));
  assert.equal((await client.orders.cancel(id, account)).status, "cancelled");
  assert.equal(await client.orders.find("never-sent", account), undefined);
  assert.deepEqual((await client.orders.cancelAllAfter(0, account)).orders, []);
});

void test("refusals have their codes", async () => {
  const offTick = await refusal(client.orders.submit(order("11.001")));
  assert.deepEqual([offTick.code, offTick.status], ["order.price_off_tick", 422]);
  assert.ok(offTick.problem?.request_id.startsWith("req_"));
  const invalid = await refusal(client.orders.submit(order("11", "1e5")));
  assert.match(invalid.message, /\/quantity/);
  const unknown = await refusal(client.instruments.get("NOPE"));
  assert.deepEqual([unknown.code, unknown.retryable], ["input.unknown_name", false]);
  const nowhere = connect({ urls: ["http://127.0.0.1:9"], apiKey: "ax_1", retries: 0 });
  assert.equal((await refusal(nowhere.me.get())).code, "gateway.unreachable");
});

void test("a gateway that does not answer is left for one that does", async () => {
  const two = connect({ urls: ["http://127.0.0.1:9", url], apiKey: setting("GATEWAY_KEY") });
  assert.equal((await two.me.get()).user.name, "tom");
});

void test("lists come page after page", async () => {
  const bars = await all(client.bars.list({ symbol: "AAPL", start: "2005-01-01" }));
  assert.ok(bars.length > 500, String(bars.length));
  assert.deepEqual(
    bars.map((each) => each.timestamp),
    bars.map((each) => each.timestamp).sort(),
  );
});

void test("every resource is read", async () => {
  const accounts = await all(client.accounts.list());
  const mine = accounts.find((each) => each.name === account);
  assert.ok(mine);
  assert.equal((await client.accounts.get(mine.id)).currency, "USD");
  await all(client.accounts.positions(account));
  await all(client.accounts.fills(account));
  assert.equal((await client.instruments.get("AAPL")).symbol, "AAPL");
  assert.ok((await all(client.instruments.list("AAP"))).length > 0);
  assert.equal((await client.strategies.get("sma_cross")).class_name, "SmaCross");
  assert.ok((await all(client.strategies.list())).length > 5);
  assert.equal((await client.bars.chart({ symbol: "AAPL", points: 50 })).length, 50);
  const asked = await client.ingestions.submit({ symbols: ["MADE-TS"], source: "synthetic", start: "2020-01-01" });
  assert.equal((await client.ingestions.cancel(asked.id)).id, asked.id);
  assert.equal((await client.ingestions.get(asked.id)).id, asked.id);
  await all(client.ingestions.list());
  const waits = await client.backtests.submit({ strategy: "sma_cross", symbols: ["AAPL"], start: "2012-01-01" });
  await client.backtests.cancel(waits.id);
  const ended = await refusal(client.backtests.wait(waits.id));
  assert.equal(ended.code, "job.cancelled");
  assert.ok((await all(client.backtests.list({ status: "cancelled" }))).some((each) => each.id === waits.id));
  await all(client.backtests.list());
});

/** What the tabs of a browser share: the cookies of a gateway, where no script sees them. */
function browser() {
  let cookie = "";
  const seen = { at: 0, most: 0, sent: [] as string[] };
  const ask: typeof fetch = async (input, init = {}) => {
    const refreshes = (typeof input === "string" ? input : "").endsWith("/auth/refresh");
    if (refreshes) {
      seen.sent.push(cookie);
      seen.most = Math.max(seen.most, (seen.at += 1));
    }
    const answer = await fetch(input, { ...init, headers: { ...(init.headers as Record<string, string>), Cookie: cookie } });
    for (const each of answer.headers.getSetCookie()) cookie = each.split(";", 1)[0] ?? "";
    if (refreshes) seen.at -= 1;
    const headers = new Headers([...answer.headers].filter(([name]) => name !== "set-cookie"));
    return new Response(answer.status === 204 ? null : await answer.text(), { status: answer.status, headers });
  };
  return { seen, tab: () => connect({ urls: [url], fetch: ask }) };
}

/** Locks as `navigator.locks` has them, of one name. */
function locks(busy: Promise<unknown> = Promise.resolve()) {
  let last = busy;
  return {
    request: async (_: string, options: { signal: AbortSignal }, work: () => Promise<unknown>) => {
      const before = last;
      let done: () => void = () => undefined;
      last = new Promise<void>((resolve) => (done = resolve));
      await Promise.race([
        before,
        new Promise((_, reject) => {
          options.signal.addEventListener("abort", () => {
            reject(options.signal.reason as Error);
          });
        }),
      ]);
      return work().finally(done);
    },
  };
}

async function withNavigator<T>(navigator: object, work: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: navigator });
  try {
    return await work();
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, "navigator");
    else Object.defineProperty(globalThis, "navigator", before);
  }
}

void test("tabs of a browser renew one after another, each with the cookie of the one before", async () => {
  const { seen, tab } = browser();
  const tabs = [tab(), tab(), tab(), tab()] as const;
  await tabs[0].login("ada", setting("GATEWAY_PASSWORD"));
  await withNavigator({ locks: locks() }, async () => {
    assert.deepEqual(await Promise.all(tabs.map((each) => each.resumeLogin())), [true, true, true, true]);
  });
  assert.equal(seen.most, 1);
  assert.equal(new Set(seen.sent).size, 4);
  for (const each of tabs) assert.equal((await each.me.get()).user.name, "ada");
});

void test("tabs that cannot lock renew at once and stay signed in", async () => {
  const { seen, tab } = browser();
  const tabs = [tab(), tab(), tab(), tab()] as const;
  await tabs[0].login("ada", setting("GATEWAY_PASSWORD"));
  const refused = { request: () => Promise.reject(new DOMException("no locks here", "SecurityError")) };
  for (const navigator of [{}, { locks: refused }]) {
    await withNavigator(navigator, async () => {
      assert.deepEqual(await Promise.all(tabs.map((each) => each.resumeLogin())), [true, true, true, true]);
    });
  }
  assert.equal(seen.most, 4);
  for (const each of tabs) assert.equal((await each.me.get()).user.name, "ada");
  assert.equal(await tabs[1].resumeLogin(), true);
});

void test("people sign in, and their token is renewed", async () => {
  const person = connect({ urls: [url] });
  assert.equal((await refusal(person.me.get())).status, 401);
  assert.equal((await refusal(person.login("ada", "wrong wrong wrong"))).code, "access.wrong_credentials");
  await person.login("ada", setting("GATEWAY_PASSWORD"));
  const me = await person.me.get();
  assert.deepEqual([me.user.name, me.authenticated_by], ["ada", "token"]);
  assert.equal(await person.resumeLogin(), true);
  const name = `ts-${Date.now()}`;
  const made = await person.users.add({ name, password: setting("GATEWAY_PASSWORD") });
  assert.equal((await person.users.change(made.id, { role: "trader" })).role, "trader");
  assert.equal((await person.users.get(made.id)).role, "trader");
  assert.ok((await all(person.users.list())).some((each) => each.name === name));
  const key = await person.keys.add({ name: "one", scopes: ["read"] });
  assert.ok(key.secret?.startsWith("ax_"));
  assert.ok((await person.keys.get(key.key.id)).hint);
  assert.ok((await person.keys.revoke(key.key.id)).revoked_at);
  assert.ok((await all(person.keys.list())).length > 0);
  for await (const entry of person.audit.list()) {
    assert.equal(entry.action, "key.revoke");
    break;
  }
  await person.logout();
  assert.equal((await refusal(person.me.get())).status, 401);
});
