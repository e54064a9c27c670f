"""The compiled loop against the plain one, and against the invariants of the rules."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.backtest.events import CODES, ENUMS
from arbitrax.domain.orders import OrderReason, OrderStatus
from arbitrax.kernels.context import Vocabulary, open_contexts, run_events
from tests.oracles.broker import Broker, Costs
from tests.simulation import matrix, open_engine

STATUS = {each.value: each.name.lower() for each in OrderStatus}
REASON = {each.value: each.name.lower() for each in OrderReason}


@st.composite
def markets(draw):
    bars, symbols = draw(st.integers(1, 25)), draw(st.integers(1, 3))
    price = st.floats(1, 100).map(lambda x: round(x, 2))
    opens, highs, lows, closes, targets = [], [], [], [], []
    for _ in range(bars):
        row = []
        for _ in range(symbols):
            o, c, up, down = draw(price), draw(price), draw(st.floats(0, 0.3)), draw(st.floats(0, 0.3))
            missing = draw(st.integers(0, 15)) == 0
            row.append((math.nan,) * 4 if missing else (o, max(o, c) * (1 + up), min(o, c) * (1 - down), c))
        for column, part in zip((opens, highs, lows, closes), zip(*row, strict=True), strict=True):
            column.append(list(part))
        # Not below 1e-9: the two forms may disagree on whether an order of 1e-280 of the cash can still be paid.
        uneven = st.floats(-1, 1).map(lambda x: round(x, 9))
        weight = st.one_of(st.just(math.nan), st.sampled_from([0.0, 1.0, -1.0, 0.5]), uneven)
        targets.append([draw(weight) / symbols for _ in range(symbols)])
    costs = st.sampled_from([0.0, 0.001, 0.02])
    return opens, highs, lows, closes, targets, draw(costs), draw(costs)


def run_kernel(market, cash=10_000.0):
    opens, highs, lows, closes, targets, commission, slippage = market
    engine = open_engine(
        opens, highs, lows, closes, cash=cash, taker=commission, maker=commission, slippage=slippage,
        last_bar=[len(opens) - 1] * len(opens[0]),
    )  # fmt: skip
    engine.run_targets(matrix(targets))
    orders, fills, _, trades = engine.records()
    return engine.equity, orders, fills, trades, engine.bankrupt_bar


def close_to(a, b, scale=10_000.0):
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9 * scale)


@given(markets(), st.sampled_from([1.0, 2.0]))
def test_kernel_agrees_with_the_plain_broker(market, leverage):
    opens, highs, lows, closes, targets, commission, slippage = market
    last = [len(opens) - 1] * len(opens[0])
    options = {"leverage": leverage, "maintenance": 0.2, "last_bar": last}
    engine = open_engine(*market[:4], cash=10_000.0, taker=commission, maker=commission, slippage=slippage, **options)
    engine.run_targets(matrix(targets))
    orders, _, _, trades = engine.records()
    stated, waiting = [0.0] * len(opens[0]), {}

    def decide(broker, t):
        for s, weight in enumerate(targets[t]):
            if math.isnan(weight) or weight == stated[s]:
                continue
            stated[s] = weight
            if s in waiting and broker.orders[waiting[s]].live:
                broker.end(broker.orders[waiting[s]], "cancelled", "replaced")
            waiting[s] = broker.submit(s, 0, "market", "target_weight", weight)

    costs = Costs(taker=commission, maker=commission, slippage=slippage)
    plain = Broker(opens, highs, lows, closes, cash=10_000.0, costs=costs, **options).run(decide)
    assert engine.bankrupt_bar == (-1 if plain.bankrupt is None else plain.bankrupt)
    assert all(close_to(a, b) for a, b in zip(engine.equity, plain.equity_curve, strict=True))
    assert [(STATUS[o["status"]], REASON[o["reason"]], o["ended_bar"]) for o in orders] == [
        (o.status, o.reason, o.ended) for o in plain.orders
    ]
    ours = sorted(zip(trades["symbol"], trades["entry_bar"], trades["exit_bar"], trades["pnl"], strict=True))
    theirs = sorted((t.symbol, t.entry, t.exit, t.pnl) for t in plain.trades)
    assert [each[:3] for each in ours] == [each[:3] for each in theirs]
    assert all(close_to(a[3], b[3]) for a, b in zip(ours, theirs, strict=True))


@given(markets())
def test_signals_and_events_of_one_logic_give_the_same_bytes(market):
    opens, highs, lows, closes, targets, commission, slippage = market
    options = {"cash": 10_000.0, "taker": commission, "maker": commission, "slippage": slippage}
    signals, events = (open_engine(opens, highs, lows, closes, **options) for _ in range(2))
    signals.run_targets(matrix(targets))
    stated = [0.0] * len(opens[0])

    def on_bar(ctx):
        for s, weight in enumerate(targets[ctx.index]):
            if not math.isnan(weight) and weight != stated[s]:
                stated[s] = weight
                ctx[s].order_target_percent(weight)

    context = open_contexts(
        events, Vocabulary(tuple("ABC"[: len(opens[0])]), CODES, ENUMS), lambda _at: None, None, None
    )
    run_events(events, context, 0, on_bar, None, None)
    assert signals.equity.tobytes() == events.equity.tobytes()
    assert all(a.tobytes() == b.tobytes() for a, b in zip(signals.records(), events.records(), strict=True))


@given(markets())
def test_equity_is_cash_and_positions_rebuilt_from_the_order_log(market):
    equity, _, fills, _, _ = run_kernel(market)
    opens, closes = market[0], market[3]
    cash, held, mark = 10_000.0, [0.0] * len(opens[0]), [0.0] * len(opens[0])
    for t in range(len(opens)):
        for record in fills[fills["bar"] == t]:
            signed = record["quantity"]
            cash -= signed * record["price"] + record["fee"]
            held[record["symbol"]] += signed
        mark = [c if not math.isnan(c) else m for c, m in zip(closes[t], mark, strict=True)]
        assert close_to(equity[t], cash + sum(q * p for q, p in zip(held, mark, strict=True) if abs(q) > 1e-9))


@given(markets())
def test_fills_lie_in_their_bar_before_slippage_and_never_in_the_bar_that_decided(market):
    _, orders, fills, _, _ = run_kernel(market)
    for record in fills:
        t, s = record["bar"], record["symbol"]
        order = orders[record["order"]]
        if REASON[order["reason"]] not in ("bankrupt", "margin_called"):
            assert record["reference_price"] == market[0][t][s]
            assert order["created_bar"] < t


@given(markets())
def test_profits_of_all_trades_are_the_change_of_equity(market):
    equity, _, _, trades, _ = run_kernel(market)
    assert close_to(float(trades["pnl"].sum()), float(equity[-1] - 10_000.0), scale=1e5)


@given(markets(), st.integers(1, 25))
def test_a_shorter_history_gives_the_same_start(market, cut):
    full, cut = run_kernel(market)[0], min(cut, len(market[0]))
    short = run_kernel((*(each[:cut] for each in market[:5]), *market[5:]))[0]
    assert np.array_equal(full[:cut], short)
