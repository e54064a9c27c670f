import numpy as np
import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.backtest.documents import account
from arbitrax.backtest.documents.account import account_message
from arbitrax.domain.corporate_actions import CorporateAction
from tests.market import daily, random_walk


class LongShort(ax.Strategy):
    """Half long the first symbol, a quarter short the second, from one bar to another."""

    def portfolio(self, panel):
        found = np.zeros(panel.shape)
        found[3:40, :2] = [0.5, -0.25]
        return found


def renamed(bars, symbol):
    return replace(bars, symbol=symbol)


@pytest.fixture(scope="module")
def pair():
    series = [renamed(random_walk(60, seed=seed), name) for seed, name in ((5, "A"), (6, "B"), (7, "C"))]
    return ax.backtest(LongShort(), series, account=ax.Account(credit_rate=0.02, borrow_rate=0.05))


def test_exposure_is_that_of_hand_computed_positions():
    # Of 1,000 in cash 60 units are bought at 10 at the second open, and sold at the fourth.
    class Once(ax.Strategy):
        def on_bar(self, ctx):
            if ctx.index == 0:
                ctx.buy(60)
            if ctx.index == 2:
                ctx.close()

    found = account_message("bt_1", ax.backtest(Once(), daily([10] * 5), cash=1000, commission_bps=0))
    assert found.exposure.long == [0, 0.6, 0.6, 0, 0]
    assert found.exposure.short == [0] * 5
    assert (found.bars, found.held, found.totals, found.events) == (5, 1, [], [])
    assert found.exposure.weights == []


def test_longs_and_shorts_make_gross_net_and_the_weights(pair):
    exposure = account_message("bt_1", pair).exposure
    long, short = np.array(exposure.long), np.array(exposure.short)
    assert (long - short) * pair.equity_curve == pytest.approx(pair.exposure_curve, abs=0.2)
    assert long.max() > 0.4
    assert short.min() < -0.2
    weights = {each.symbol: each.values for each in exposure.weights}
    assert list(weights) == ["A", "B"]  # C was never held
    assert weights["A"] == pytest.approx(exposure.long, abs=1e-6)
    assert weights["B"] == pytest.approx(exposure.short, abs=1e-6)


def test_joined_bars_tell_of_the_one_with_the_largest_gross_exposure(pair, monkeypatch):
    every = account_message("bt_1", pair).exposure
    monkeypatch.setattr(account, "POINTS", 7)
    few = account_message("bt_1", pair)
    gross = np.array(every.long) - np.array(every.short)
    starts = np.arange(7) * 60 // 7
    rows = [start + int(gross[start:end].argmax()) for start, end in zip(starts, [*starts[1:], 60], strict=True)]
    assert few.exposure.long == [every.long[row] for row in rows]
    assert few.exposure.weights[1].values == [every.weights[1].values[row] for row in rows]
    assert few.exposure.timestamp == [every.timestamp[start] for start in starts]
    assert few.bars == 60


def test_the_largest_weights_come_first_and_the_others_are_counted():
    class Tilted(ax.Strategy):
        def portfolio(self, panel):
            return np.tile(np.arange(1, 11) / 100, (len(panel), 1))

    series = [renamed(random_walk(40, seed=seed), f"S{seed}") for seed in range(10)]
    found = account_message("bt_1", ax.backtest(Tilted(), series))
    assert [each.symbol for each in found.exposure.weights] == [f"S{place}" for place in range(9, 1, -1)]
    assert found.held == 10


def test_without_prices_there_is_exposure_but_no_weights(pair):
    found = account_message("bt_1", replace(pair, raw=None, origin=None))
    assert found.exposure.long == account_message("bt_1", pair).exposure.long
    assert found.exposure.weights == []
    assert found.held == 2


def test_events_are_told_as_the_table_has_them(pair):
    found = account_message("bt_1", pair)
    table = pair.events[pair.events["event"].isin(("interest", "borrow_fee"))]
    assert [(each.event, float(each.amount)) for each in found.events] == list(
        zip(table["event"], table["amount"], strict=True)
    )
    totals = {each.event: each for each in found.totals}
    assert set(totals) == {"interest", "borrow_fee"}
    assert float(totals["borrow_fee"].amount) == pytest.approx(
        table.loc[table["event"] == "borrow_fee", "amount"].sum()
    )
    assert {each.symbol for each in found.events if each.event == "borrow_fee"} == {"B"}


class Leveraged(ax.Strategy):
    """Twice its equity in the one symbol."""

    def signals(self, bars):
        return np.full(len(bars), 2.0)


def called(actions=(), **account):
    prices = [100.0] * 5 + [70.0, 60.0, 60.0, 60.0]
    given = ax.Account(leverage=2, maintenance=0.3, **account)
    return ax.backtest(Leveraged(), daily(prices), account=given, commission_bps=0, prices="raw", actions=list(actions))


def test_margin_calls_and_what_the_account_was_forced_to_are_told():
    found = account_message("bt_1", called())
    totals = {each.event: (each.events, each.amount) for each in found.totals}
    assert totals["margin_call"][1] is None
    names = [each.event for each in found.events]
    assert names.index("margin_call") < names.index("liquidation")
    forced = next(each for each in found.events if each.event == "liquidation")
    assert float(forced.quantity) < 0
    assert (float(forced.price), forced.symbol, forced.amount) == (70.0, "TEST", None)  # where it was breached


def test_what_an_amount_is_and_what_comes_by_the_thousand_are_told(pair):
    days = called().bars.timestamp.tolist()[2:3]
    paid = [CorporateAction(symbol="TEST", kind="dividend", ex_date=days[0], amount=0.01, currency="USD")]
    found = (
        *account_message("bt_1", called(actions=paid, debit_rate=0.05)).events,
        *account_message("bt_1", pair).events,
    )
    facts = {(each.event, each.is_money, each.is_frequent) for each in found}
    assert facts == {
        ("dividend", True, False),
        ("interest", True, True),
        ("borrow_fee", True, True),
        ("margin_call", False, False),
        ("liquidation", False, False),
    }


def test_where_there_are_too_many_interest_gives_way_to_margin_calls(monkeypatch):
    result = called(debit_rate=0.05)
    every = account_message("bt_1", result)
    rare = [each for each in every.events if each.event != "interest"]
    assert len(rare) < len(every.events)
    monkeypatch.setattr(account, "EVENTS", len(rare) + 1)
    few = account_message("bt_1", result)
    assert [each for each in few.events if each.event != "interest"] == rare
    assert len(few.events) == len(rare) + 1
    assert [each.time for each in few.events] == sorted(each.time for each in few.events)
    assert few.totals == every.totals


def test_where_there_are_too_many_dividends_give_way_to_margin_calls(monkeypatch):
    days = called().bars.timestamp.tolist()[2:5]
    paid = [CorporateAction(symbol="TEST", kind="dividend", ex_date=day, amount=0.01, currency="USD") for day in days]
    result = called(actions=paid)
    every = account_message("bt_1", result)
    rare = [each for each in every.events if each.event != "dividend"]
    assert len(every.events) == len(rare) + 3
    monkeypatch.setattr(account, "EVENTS", len(rare))
    assert account_message("bt_1", result).events == rare
