"""The compiled loop against the plain one, and against the invariants of the rules."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.oracles.simulator import Simulator
from tests.simulation import matrix, open_engine

from arbitrax.domain.orders import OrderReason, OrderStatus

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
        weight = st.one_of(st.just(math.nan), st.sampled_from([0.0, 1.0, -1.0, 0.5]), st.floats(-1, 1))
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


@given(markets())
def test_kernel_agrees_with_the_plain_simulator(market):
    equity, orders, _, trades, bankrupt = run_kernel(market)
    plain = Simulator(*market[:5], 10_000.0, *market[5:]).run()
    assert bankrupt == (-1 if plain.bankrupt_bar is None else plain.bankrupt_bar)
    assert all(close_to(a, b) for a, b in zip(equity, plain.equity, strict=True))
    assert len(orders) == len(plain.orders)
    for record, order in zip(orders, plain.orders, strict=True):
        filled = record["ended_bar"] if order["status"] == "filled" else -1
        assert (record["created_bar"], record["symbol"], filled) == (order["created"], order["symbol"], order["filled"])
        assert (STATUS[record["status"]], REASON[record["reason"]]) == (order["status"], order["reason"])
        if order["status"] == "filled":
            assert record["side"] == order["side"]
            assert close_to(record["price"], order["price"])
            assert close_to(record["quantity"], order["quantity"])
            assert close_to(record["fee"], order["fee"])
    ours = sorted(zip(trades["symbol"], trades["entry_bar"], trades["exit_bar"], trades["pnl"], strict=True))
    theirs = sorted((t.symbol, t.entry_bar, t.exit_bar, t.pnl) for t in plain.trades)
    assert [each[:3] for each in ours] == [each[:3] for each in theirs]
    assert all(close_to(a[3], b[3]) for a, b in zip(ours, theirs, strict=True))


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
