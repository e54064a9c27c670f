/** What there is to see: runs, files, a market with an account in it. The same each time, but for the clock. */
const PASSWORD = "a long enough password";
const RUNS = [
  { strategy: "donchian_breakout", symbols: ["MSFT"], benchmark: "GSPC" },
  { strategy: "rsi_reversion", symbols: ["IBM"], benchmark: "GSPC" },
  { strategy: "time_series_momentum", symbols: ["AAPL", "MSFT", "IBM"], benchmark: "GSPC" },
  { strategy: "sma_cross", symbols: ["AAPL"], benchmark: "GSPC", parameters: { fast: 20, slow: 100 } },
  { strategy: "sma_cross", symbols: ["AAPL"], benchmark: "GSPC" },
];
/** BTC-USD, in ticks of 2.5 and lots of 0.01 of the sample market. */
const MIDDLE = 60_000;
const LEVELS = 12;
/** Steps of the middle, one a second. */
const WALK = [1, 1, -1, 2, 1, -2, -1, 1, 2, 1, 1, -1, -2, 1, 3, 1, -1, 1, 2, -1, 1, 1, -3, -1, 2, 1, 1, -1, 2, 1];

export async function furnish({ url, run }) {
  run(["user", "add", "ada", "--role", "trader", "--password-stdin"], PASSWORD);
  run(["user", "add", "bob", "--role", "trader", "--password-stdin"], PASSWORD);
  run(["exchange", "configure"]);
  run(["exchange", "give", "maker", "bob"]);
  const ada = await signIn(url, "ada");
  const bob = await signIn(url, "bob");
  const runs = [];
  for (const each of RUNS) {
    const { id } = await ada("POST", "/backtests", each);
    await over(ada, `/backtests/${id}`);
    runs.push(id);
  }
  const { ingestion } = await ada("POST", "/ingestions/uploads?symbol=MINE", prices());
  await over(ada, `/ingestions/${ingestion}`);
  const { id: none } = await ada("POST", "/ingestions", {
    symbols: ["NOPE"],
    source: "synthetic",
    start: "2020-01-01",
  });
  await over(ada, `/ingestions/${none}`);
  await ada("POST", "/accounts", { name: "paper", cash: "100000", kind: "margin" });
  await quote(bob, MIDDLE);
  return { user: "ada", password: PASSWORD, runs: runs.reverse(), trade: () => trade(ada, bob) };
}

/** Half a minute of trading, for pages that are open to see; it ends with orders of every kind. */
async function trade(ada, bob) {
  let middle = MIDDLE;
  await ada("DELETE", "/orders?account=paper");
  for (const [at, step] of WALK.entries()) {
    middle += step * 2.5;
    await quote(bob, middle);
    const side = step > 0 ? "buy" : "sell";
    await ada(
      "POST",
      "/orders",
      order({ side, type: "market", quantity: at === 0 ? "0.2" : "0.02", time_in_force: "ioc" }),
    );
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const below = (ticks) => String(middle - 2.5 * ticks);
  for (const each of [
    { side: "buy", price: below(4), quantity: "0.05" },
    { side: "sell", price: below(-6), quantity: "0.1" },
    { side: "buy", type: "iceberg", price: below(8), quantity: "0.3", display: "0.05" },
    { side: "sell", type: "stop_limit", stop: below(60), price: below(64), quantity: "0.2" },
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
  token = (await ask("POST", "/auth/login", { name, password: PASSWORD })).access_token;
  return ask;
}

async function over(ask, path) {
  for (;;) {
    const { status } = await ask("GET", path);
    if (!["queued", "running"].includes(status)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Two years of made-up days with a hole in them and a row of no worth. */
function prices() {
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
