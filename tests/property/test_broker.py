"""The compiled engine against the plain one, on random markets, accounts, costs and orders of every kind."""

import math
from random import Random

import numpy as np
from hypothesis import given, note
from hypothesis import strategies as st

from arbitrax.backtest.events import CODES, ENUMS
from arbitrax.domain.intervals import DAY
from arbitrax.domain.orders import ExitReason, OrderReason, OrderStatus
from arbitrax.kernels.context import Vocabulary, open_contexts, run_events
from tests.oracles.broker import Broker, Costs, Exits
from tests.simulation import open_engine

CASH = 10_000.0
TARGETS = [
    ("percent", 0.0), ("percent", 0.3), ("percent", 0.9), ("percent", -0.3), ("value", 2000.0), ("value", -900.0),
    ("quantity", 25.0), ("quantity", 0.0),
]  # fmt: skip
NAN = math.nan
STATUS = {each.value: each.name.lower() for each in OrderStatus}
REASON = {each.value: each.name.lower() for each in OrderReason}
EXIT = {each.value: each.name.lower() for each in ExitReason}


def make_market(random):
    """Return open, high, low, close, volume rows; prices of a cent, moves small enough that levels are reached."""
    bars, symbols = random.randint(2, 18), random.randint(1, 3)
    gaps, wild = random.random() < 0.5, random.choice([0.02, 0.08, 0.4])
    last = [float(random.choice([10, 50, 100])) for _ in range(symbols)]
    rows = [[], [], [], [], []]
    for _ in range(bars):
        line = []
        for s in range(symbols):
            if gaps and random.random() < 0.12:
                line.append((NAN,) * 5)
                continue
            o = max(round(last[s] * (1 + random.uniform(-wild, wild)), 2), 0.05)
            c = max(round(o * (1 + random.uniform(-wild, wild)), 2), 0.05)
            h = round(max(o, c) * (1 + random.uniform(0, wild / 2)), 2)
            low = max(round(min(o, c) * (1 - random.uniform(0, wild / 2)), 2), 0.01)
            last[s] = c
            line.append((o, max(h, o, c), min(low, o, c), c, float(random.choice([0, 10, 100, 1000, 100_000]))))
        for table, column in zip(rows, zip(*line, strict=True), strict=True):
            table.append(list(column))
    return rows


def make_options(random, bars, symbols):
    """Return the account, the instruments and the corporate actions."""
    margin = random.random() < 0.7
    options = {
        "margin": margin,
        "leverage": random.choice([1.0, 1.0, 2.0, 4.0]) if margin else 1.0,
        "maintenance": random.choice([0.0, 0.1, 0.25]),
        "credit_rate": random.choice([0.0, 0.0, 0.02, 0.36]),
        "debit_rate": random.choice([0.0, 0.0, 0.02, 0.36]),
        "borrow_rate": random.choice([0.0, 0.0, 0.05]),
        "tick": random.choice([0.0, 0.0, 0.25]),
        "lot": random.choice([0.0, 0.0, 1.0]),
        "multiplier": random.choice([1.0, 1.0, 5.0]),
        "same_close": random.random() < 0.3,
    }
    if random.random() < 0.4:
        options["actions"] = [
            (random.randrange(1, bars), random.randrange(symbols), random.choice([1.0, 2.0, 0.5, 3.0]),
             random.choice([0.0, 0.5]), -1 if random.random() < 0.5 else bars - 1)
            for _ in range(random.randint(1, 3))
        ]  # fmt: skip
    return options


def make_costs(random):
    some = random.choice
    taker = some([0.0, 0.001, 0.02])
    return Costs(
        taker=taker,
        maker=some([taker, taker, -0.0001]),
        per_share=some([0.0, 0.0, 0.01]),
        per_order=some([0.0, 0.0, 1.0]),
        minimum=some([0.0, 0.0, 2.0]),
        maximum=some([0.0, 0.0, 0.01]),
        slippage=some([0.0, 0.0005, 0.01]),
        half_spread=some([0.0, 0.0, 0.02]),
        volume_share=some([0.0, 0.0, 0.1]),
        square_root=some([0.0, 0.0, 0.5]),
        participation=some([0.0, 0.0, 0.0, 0.1]),
        currency_unit=some([0.0, 0.0, 0.01]),
        tiers=some([[], [], [(0.0, 0.002), (5_000.0, 0.001)]]),
    )


def make_script(random, bars, symbols):
    """Return what is done at each bar: steps that both sides understand."""
    calm = random.choice([0.3, 0.7])
    script = {}
    for t in range(bars):
        steps = []
        while random.random() > calm and len(steps) < 3:
            steps.append(_step(random, random.randrange(symbols)))
        script[t] = steps
    return script


def make_program(seed):
    random = Random(seed)  # noqa: S311
    rows = make_market(random)
    bars, symbols = len(rows[0]), len(rows[0][0])
    script = make_script(random, bars, symbols)
    costs = Costs() if random.random() < 0.3 else make_costs(random)
    targets = (each for steps in script.values() for each in steps if each["act"] == "target")
    if any(each["target"][0] != "quantity" for each in targets):
        # What a weight is after costs that jump, or that grow faster than the order, has more than one answer.
        costs.currency_unit = costs.volume_share = costs.square_root = 0.0
    return rows, script, make_options(random, bars, symbols), costs


def _step(random, symbol):
    act = random.choice(["order"] * 6 + ["target"] * 3 + ["close", "cancel", "cancel_all", "replace"])
    exits = None
    if random.random() < 0.4:
        relative = random.random() < 0.7
        near = (lambda: random.choice([0.01, 0.03, 0.1])) if relative else (lambda: random.choice([0.5, 2.0, 5.0]))
        exits = {
            "relative": relative,
            "stop_loss": near() if random.random() < 0.6 else None,
            "take_profit": near() if random.random() < 0.6 else None,
            "trailing_stop": near() if random.random() < 0.3 else None,
            "max_bars": random.randint(1, 4) if random.random() < 0.3 else None,
        }
    return {
        "act": act,
        "symbol": symbol,
        "side": random.choice([1, 1, -1]),
        "size": random.choice([1, 10, 37.5, 150]),
        "by_value": random.random() < 0.2,
        "kind": random.choice(
            ["market", "market", "limit", "limit", "stop", "stop_limit", "trailing_stop", "trailing_percent",
             "market_on_open", "limit_on_open", "market_on_close", "limit_on_close"]
        ),
        "near": random.choice([0.0, 0.005, 0.02, 0.05]),
        "better": random.choice([1, 1, -1]),
        "force": random.choice(["gtc", "gtc", "gtc", "day", "ioc", "fok", "gtd"]),
        "reduce_only": random.random() < 0.15,
        "target": random.choice(TARGETS),
        "number": random.random(),
        "link": random.choice([None, None, None, "parent", "oco"]),
        "exits": exits,
    }  # fmt: skip


def _levels(step, price):
    """Return limit, stop, trail and trail percent of a step, from the last price."""
    side, near, better = step["side"], step["near"], step["better"]
    limit = round(price * (1 - side * near * better), 2)
    stop = round(price * (1 + side * near * better), 2)
    kind = step["kind"]
    return {
        "limit": max(limit, 0.01) if "limit" in kind else None,
        "stop": max(stop, 0.01) if kind in ("stop", "stop_limit") else None,
        "trail": max(round(price * max(near, 0.01), 2), 0.01) if kind == "trailing_stop" else None,
        "trail_percent": max(near, 0.01) if kind == "trailing_percent" else None,
    }


def _exit_levels(exits, price, side):
    """Return exits with prices where they are not fractions."""
    if exits is None:
        return {}
    if exits["relative"]:
        return exits
    made = dict(exits)
    if exits["stop_loss"] is not None:
        made["stop_loss"] = max(round(price - side * exits["stop_loss"], 2), 0.01)
    if exits["take_profit"] is not None:
        made["take_profit"] = max(round(price + side * exits["take_profit"], 2), 0.01)
    return made


def run_compiled(rows, script, options, given_costs):
    engine = open_engine(
        *rows[:4], volume=rows[4], cash=CASH, keep_changes=True, tiers=given_costs.tiers,
        **{name: getattr(given_costs, name) for name in (
            "taker", "maker", "per_share", "per_order", "minimum", "maximum", "slippage", "half_spread", "volume_share",
            "square_root", "participation", "currency_unit")},
        **options,
    )  # fmt: skip
    symbols = len(rows[0][0])
    words = Vocabulary(tuple("ABC"[:symbols]), CODES, ENUMS)
    context = open_contexts(engine, words, lambda _column: None, None, None)

    def on_bar(ctx):
        for step in script[ctx.index]:
            at, price = ctx[step["symbol"]], last_price(rows, ctx.index, step["symbol"])
            made = engine_orders
            if step["act"] == "order":
                if price is None:
                    continue
                link = {}
                if step["link"] and made:
                    number = made[int(step["number"] * len(made))]
                    order = ctx.order(number)
                    if step["link"] == "parent" and (order.is_open or order.quantity > 0):
                        link = {"parent": number}
                    if step["link"] == "oco" and order.is_open:
                        link = {"oco": number}
                send = at.buy if step["side"] > 0 else at.sell
                size = {"value": step["size"] * price} if step["by_value"] else {"quantity": step["size"]}
                kind = step["kind"]
                engine_orders.append(send(
                    **size, **_levels(step, price), **_exit_levels(step["exits"], price, step["side"]), **link,
                    on="open" if kind.endswith("open") else "close" if kind.endswith("close") else None,
                    time_in_force=step["force"] if step["force"] != "gtd" else None,
                    until=(10_957 + ctx.index + 2) * DAY if step["force"] == "gtd" else None,
                    reduce_only=step["reduce_only"],
                ))  # fmt: skip
            elif step["act"] == "target":
                what, size = step["target"]
                exits = step["exits"] if step["exits"] and step["exits"]["relative"] else None
                engine_orders.append(getattr(at, f"order_target_{what}")(size, **(exits or {})))
            elif step["act"] == "close":
                number = at.close()
                if number >= 0:
                    engine_orders.append(number)
            elif step["act"] == "cancel" and made:
                ctx.cancel(made[int(step["number"] * len(made))])
            elif step["act"] == "cancel_all":
                at.cancel_all()
            elif step["act"] == "replace" and made and price is not None:
                number = made[int(step["number"] * len(made))]
                order = ctx.order(number)
                if order.is_open and not math.isnan(order.limit) and order.quantity == 0:
                    engine_orders.append(ctx.replace(number, limit=round(price * 1.01, 2)))

    engine_orders = []
    run_events(engine, context, 0, on_bar, None, None)
    return engine, *engine.records()


def last_price(rows, t, s):
    return next((rows[3][at][s] for at in range(t, -1, -1) if not math.isnan(rows[3][at][s])), None)


def run_plain(rows, script, options, given_costs):
    bars = len(rows[0])
    made = []

    def decide(broker, t):
        for step in script[t]:
            s, price = step["symbol"], last_price(rows, t, step["symbol"])
            if step["act"] == "order":
                if price is None:
                    continue
                link = {}
                if step["link"] and made:
                    number = made[int(step["number"] * len(made))]
                    other = broker.orders[number]
                    is_open = other.status in ("pending", "held")
                    if step["link"] == "parent" and (is_open or other.quantity > 0):
                        link = {"parent": number if other.quantity == 0 else -1}
                    if step["link"] == "oco" and is_open:
                        if other.group < 0:
                            broker.groups += 1
                            other.group = broker.groups
                        link = {"group": other.group}
                levels = {name: NAN if value is None else value for name, value in _levels(step, price).items()}
                percent = levels.pop("trail_percent")
                if not math.isnan(percent):
                    levels["trail"] = percent
                made.append(broker.submit(
                    s, step["side"], step["kind"], "value" if step["by_value"] else "quantity",
                    step["size"] * price if step["by_value"] else float(step["size"]), time_in_force=step["force"],
                    expires=(10_957 + t + 2) * DAY if step["force"] == "gtd" else 0, reduce_only=step["reduce_only"],
                    exits=plain_exits(_exit_levels(step["exits"], price, step["side"])), **levels, **link,
                ))  # fmt: skip
            elif step["act"] == "target":
                what, size = step["target"]
                exits = step["exits"] if step["exits"] and step["exits"]["relative"] else None
                for order in broker.working():
                    if order.symbol == s and order.size_kind.startswith("target"):
                        broker.end(order, "cancelled", "replaced")
                kind = "target_weight" if what == "percent" else f"target_{what}"
                made.append(broker.submit(s, 0, "market", kind, size, exits=plain_exits(exits or {})))
            elif step["act"] == "close":
                if broker.held[s]:
                    side = -1 if broker.held[s] > 0 else 1
                    made.append(broker.submit(s, side, "market", "whole_position", NAN, reduce_only=True))
            elif step["act"] == "cancel" and made:
                broker.cancel(made[int(step["number"] * len(made))])
            elif step["act"] == "cancel_all":
                for status in ("pending", "held"):  # what waits for an order ends with it
                    for order in list(broker.orders):
                        if order.symbol == s and order.status == status:
                            broker.cancel(order.number)
            elif step["act"] == "replace" and made and price is not None:
                old = broker.orders[made[int(step["number"] * len(made))]]
                if old.status in ("pending", "held") and not math.isnan(old.limit) and old.quantity == 0:
                    made.append(broker.replace(old.number, limit=round(price * 1.01, 2)))

    return Broker(
        *rows[:4], volume=rows[4], time=[(10_957 + t) * DAY for t in range(bars)], cash=CASH, costs=given_costs,
        **options,
    ).run(decide)  # fmt: skip


def plain_exits(given):
    if not any(given.get(name) is not None for name in ("stop_loss", "take_profit", "trailing_stop", "max_bars")):
        return None
    number = lambda name: NAN if given.get(name) is None else given[name]  # noqa: E731
    return Exits(
        number("stop_loss"), number("take_profit"), number("trailing_stop"), given.get("max_bars") or 0,
        bool(given.get("relative")),
    )  # fmt: skip


def close_to(a, b, scale=CASH):
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9 * scale)


@given(st.integers(0, 2**62))
def test_the_compiled_engine_agrees_with_the_plain_one(seed):
    """A program is too large to be drawn number by number; its seed makes it whole."""
    rows, script, options, given_costs = make_program(seed)
    engine, orders, fills, _, trades = run_compiled(rows, script, options, given_costs)
    plain = run_plain(rows, script, options, given_costs)
    note(f"plain: {[(o.number, o.kind, o.status, o.reason, o.ended, o.quantity) for o in plain.orders]}")
    note(f"compiled: {[(i, STATUS[o['status']], REASON[o['reason']], o['ended_bar'], o['quantity']) for i, o in enumerate(orders)]}")  # fmt: skip # noqa: E501
    assert [
        (int(f["bar"]), int(f["order"]), int(f["symbol"]), f["quantity"] > 0) for f in fills
    ] == [(f[0], f[1], f[2], f[3] > 0) for f in plain.fills]  # fmt: skip
    for ours, theirs in zip(fills, plain.fills, strict=True):
        assert close_to(ours["quantity"], theirs[3])
        assert close_to(ours["reference_price"], theirs[4])
        assert close_to(ours["price"], theirs[5])
        assert close_to(ours["fee"], theirs[6])
    assert [(STATUS[o["status"]], REASON[o["reason"]], int(o["ended_bar"])) for o in orders] == [
        (o.status, o.reason, o.ended) for o in plain.orders
    ]
    assert engine.bankrupt_bar == (-1 if plain.bankrupt is None else plain.bankrupt)
    assert all(close_to(a, b) for a, b in zip(engine.equity, plain.equity_curve, strict=True))
    ours = sorted((int(t["symbol"]), int(t["entry_bar"]), int(t["exit_bar"]), EXIT[t["exit_reason"]]) for t in trades)
    assert ours == sorted((t.symbol, t.entry, t.exit, t.why) for t in plain.trades)
    assert close_to(float(np.sum(trades["pnl"])), sum(t.pnl for t in plain.trades), 1e5)
