/** What there is to see: runs, files, a market with an account in it. The same each time, but for the clock. */
/** Of everybody. */
export const PASSWORD = "a long enough password";
const RUNS = [
  { strategy: "donchian_breakout", symbols: ["MSFT"], benchmark: "GSPC" },
  { strategy: "rsi_reversion", symbols: ["IBM"], benchmark: "GSPC" },
  {
    strategy: "time_series_momentum",
    symbols: ["AAPL", "MSFT", "IBM"],
    benchmark: "GSPC",
    account: { leverage: 2, credit_rate: 0.02, debit_rate: 0.06, borrow_rate: 0.01 },
  },
  { strategy: "sma_cross", symbols: ["AAPL"], benchmark: "GSPC", parameters: { fast: 20, slow: 100 } },
  { strategy: "sma_cross", symbols: ["AAPL"], benchmark: "GSPC" },
];
/** Their reports are pictured. */
const REPORTED = [
  { strategy: "sma_cross", symbols: ["AAPL"], parameters: { fast: 20, slow: 100 } },
  { strategy: "sma_cross", symbols: ["AAPL", "IBM", "FB"], parameters: { fast: 20, slow: 100 } },
];
/** Hardly moves on from its middle, for as long as somebody looks. */
const WAITING = `
import time

import arbitrax as ax

closes = []


class Turtle(ax.Strategy):
    """Long from the highest close of the last bars until the lowest one."""

    window: int = ax.parameter(55, low=2, high=500, doc="bars to look back")

    def on_bar(self, ctx):
        if ctx.index > 2200:
            time.sleep(0.25)
        before = closes[-self.window :]
        closes.append(ctx.price)
        if len(before) < self.window:
            return
        if ctx.price > max(before) and not ctx.position:
            print(f"highest close of {self.window} bars: {ctx.price:.2f}")
            ctx.buy(value=0.95 * ctx.equity)
        elif ctx.price < min(before) and ctx.position:
            print(f"lowest close of {self.window} bars: {ctx.price:.2f}")
            ctx.sell(ctx.position)
`;
/** BTC-USD, in ticks of 2.5 and lots of 0.01 of the sample market. */
const MIDDLE = 60_000;
const LEVELS = 12;
/** Steps of the middle, one a second. */
const WALK = [1, 1, -1, 2, 1, -2, -1, 1, 2, 1, 1, -1, -2, 1, 3, 1, -1, 1, 2, -1, 1, 1, -3, -1, 2, 1, 1, -1, 2, 1];

/** Ada has runs, prices and an account, Bob makes the market, Cy is new; the first user has not chosen a password yet. */
export async function furnish({ url, run }) {
  for (const name of ["ada", "bob", "cy"]) run(["user", "add", name, "--role", "trader", "--password-stdin"], PASSWORD);
  for (const [name, role] of [
    ["dot", "admin"],
    ["eve", "viewer"],
  ])
    run(["user", "add", name, "--role", role, "--password-stdin"], PASSWORD);
  run(["exchange", "configure"]);
  run(["exchange", "give", "maker", "bob"]);
  const [ada, bob, dot] = await Promise.all(["ada", "bob", "dot"].map((name) => signIn(url, name)));
  const runs = await runsOf(ada, RUNS);
  const reported = await runsOf(dot, REPORTED);
  const { ingestion } = await ada("POST", "/ingestions/uploads?symbol=MINE", prices());
  await over(ada, `/ingestions/${ingestion}`);
  await over(ada, `/ingestions/${(await ingest(ada, { symbols: ["NOPE"], start: "2020-01-01" })).id}`);
  await ada("POST", "/accounts", { name: "paper", cash: "100000", kind: "margin" });
  await ada("POST", "/keys", { name: "nightly-research", scopes: ["read"] });
  const { secret } = await ada("POST", "/keys", {
    name: "trading-bot",
    scopes: ["read", "trade"],
    addresses: ["10.0.0.0/8"],
  });
  await fetch(`${url}/api/v1/series`, { headers: { Authorization: `Bearer ${secret}` } });
  await dot("PUT", "/vendor_keys/polygon", { key: "made_up_for_a_picture" });
  await quote(bob, MIDDLE);
  await ada("POST", "/orders", order({ side: "buy", price: String(MIDDLE), quantity: "50" })).catch(() => {}); // beyond its means
  return {
    runs: runs.reverse(),
    reported,
    trade: () => trade(ada, bob),
    /** A run that hardly moves on from its middle. */
    wait: async () => {
      const { id } = await dot("POST", "/backtests", { strategy: "Turtle", source: WAITING, symbols: ["AAPL"] });
      await until(async () => (await dot("GET", `/backtests/${id}`)).progress > 0.66);
      return id;
    },
    /** An ingestion of years of minutes, a good part of it done. */
    ingest: async () => {
      const { id } = await ingest(ada, { symbols: ["SYN-BTC-USD"], interval: "1m", start: "2019-01-01" });
      await until(async () => (await ada("GET", `/ingestions/${id}`)).progress > 0.3);
    },
  };
}

async function runsOf(ask, specs) {
  const runs = [];
  for (const each of specs) {
    const { id } = await ask("POST", "/backtests", each);
    await over(ask, `/backtests/${id}`);
    runs.push(id);
  }
  return runs;
}

function ingest(ask, terms) {
  return ask("POST", "/ingestions", { source: "synthetic", ...terms });
}

/** Half a minute of trading, for pages that are open to see; it ends with orders of every kind. */
async function trade(ada, bob) {
  let middle = MIDDLE;
  await ada("DELETE", "/orders?account=paper");
  for (const [at, step] of WALK.entries()) {
    middle += step * 2.5;
    await quote(bob, middle);
    // There and back, so that each second has a range; what is kept is the first.
    for (const [side, quantity] of step > 0
      ? [
          ["sell", "0.02"],
          ["buy", at === 0 ? "0.42" : "0.02"],
        ]
      : [
          ["buy", "0.02"],
          ["sell", "0.02"],
        ])
      await ada("POST", "/orders", order({ side, type: "market", quantity, time_in_force: "ioc" }));
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const below = (ticks) => String(middle - 2.5 * ticks);
  for (const each of [
    { side: "buy", price: below(4), quantity: "0.05" },
    { side: "sell", price: below(-6), quantity: "0.1" },
    { side: "buy", type: "iceberg", price: below(8), quantity: "0.3", display: "0.05" },
    { side: "sell", type: "stop_limit", stop: below(24), price: below(28), quantity: "0.2" },
    { side: "sell", type: "trailing_stop", distance: "250", quantity: "0.1" },
  ])
    await ada("POST", "/orders", order(each));
}

/** Bob's book around a price; the orders before it go. */
async function quote(bob, middle) {
  await bob("DELETE", "/orders?account=maker");
  for (let level = 1; level <= LEVELS; level += 1) {
    const quantity = (0.04 + ((level * 7) % 5) * 0.03).toFixed(2);
    const away = 2.5 * level;
    await Promise.all([
      bob("POST", "/orders", order({ account: "maker", side: "buy", price: String(middle - away), quantity })),
      bob("POST", "/orders", order({ account: "maker", side: "sell", price: String(middle + away), quantity })),
    ]);
  }
}

let orders = 0;

function order(terms) {
  orders += 1;
  return { account: "paper", symbol: "BTC-USD", client_order_id: `p_${Date.now().toString(36)}_${orders}`, ...terms };
}

async function signIn(url, name) {
  let token;
  const ask = async (method, path, body) => {
    const headers = {
      ...(body === undefined ? {} : { "Content-Type": typeof body === "string" ? "text/csv" : "application/json" }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    };
    const text = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers, ...text });
    const found = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(found)}`);
    return found;
  };
  const enter = async () => {
    token = (await ask("POST", "/auth/login", { name, password: PASSWORD })).access_token;
  };
  await enter();
  setInterval(() => void enter(), 5 * 60_000).unref(); // a token is good for ten minutes
  return ask;
}

async function over(ask, path) {
  await until(async () => !["queued", "running"].includes((await ask("GET", path)).status));
}

async function until(isSo) {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 200));
}

/** Two years of made-up days with a hole in them and a row of no worth. */
export function prices() {
  const lines = ["Date,Open,High,Low,Close,Volume"];
  let [close, state] = [100, 7];
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let day = Date.UTC(2022, 0, 3); day < Date.UTC(2023, 11, 29); day += 86_400_000) {
    const isHole = day > Date.UTC(2022, 7, 1) && day < Date.UTC(2022, 7, 19);
    if ([0, 6].includes(new Date(day).getUTCDay()) || isHole) continue;
    const open = close;
    close *= 1 + (random() - 0.49) * 0.03;
    const four = [open, Math.max(open, close) * 1.01, Math.min(open, close) * 0.99, close];
    const written = four.map((each) => each.toFixed(2)).join(",");
    lines.push(`${new Date(day).toISOString().slice(0, 10)},${written},${Math.round(1e6 * random())}`);
  }
  return `${lines.join("\n")}\n2023-12-29,0,0,0,0,0\n`;
}
