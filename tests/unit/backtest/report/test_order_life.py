import numpy as np
import pytest
from arbitrax.backtest.report.figures import number

import arbitrax as ax
from arbitrax.backtest.report import render_report
from arbitrax.backtest.summary import refusals
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.intervals import DAY
from arbitrax.domain.orders import OrderReason
from tests.market import START, daily
from tests.page import Page


class Bracket(ax.Strategy):
    """A limit entry with stop and target, and an order that nobody could pay."""

    def on_bar(self, ctx):
        if ctx.index == 1:
            ctx.buy(10, limit=9.5, stop_loss=8.5, take_profit=12.0, tag="dip <1>")
        if ctx.index == 2:
            ctx.buy(1_000_000, tag="too much")
            ctx.buy(5, limit=1.0, time_in_force="day")


@pytest.fixture(scope="module")
def result():
    bars = daily([10, 10, 9, 9.4, 8, 8, 8], open_=[10, 10, 10, 9.2, 9.3, 8, 8])
    return ax.backtest(Bracket(), bars, account=ax.Account(kind="cash"), cash=1000)


@pytest.fixture(scope="module")
def page(result):
    return Page(render_report(result))


def test_refused_orders_stand_first_and_say_why(result, page):
    assert refusals(result.order_records) == {OrderReason.NO_CASH: 1}
    assert "1 order was refused and stands first: not enough cash." in page.text
    rows = page.records("orders-life")
    assert len(rows) == len(result.orders)
    assert rows[0]["Status"] == "refused: not enough cash"
    assert rows[0]["Tag"] == "too much"
    assert rows[0]["Filled"] == "—"
    # The others follow in the order they were made.
    numbers = [int(row["Order"]) for row in rows[1:]]
    assert numbers == sorted(numbers)


def test_each_step_of_an_order_is_told(result, page):
    rows = {int(row["Order"]): row for row in page.records("orders-life")}
    for place, order in result.orders.iterrows():
        row = rows[place]
        for heading, step in (
            ("Created", "created"),
            ("Accepted", "accepted"),
            ("Triggered", "triggered"),
            ("Ended", "ended"),
        ):
            time = order[f"{step}_time"]
            assert row[heading] == ("—" if time is None or time != time else f"{time:%Y-%m-%d}")
        for heading, name in (("Limit", "limit"), ("Stop", "stop"), ("Price", "price")):
            assert row[heading] == number(order[name], 2)
        assert row["Status"].split(":")[0] == order["status"]
    assert rows[0]["Kind"] == "limit"
    assert rows[0]["Tag"] == "dip <1>"
    assert rows[0]["Asked for"] == "10"
    kinds = {row["Kind"] for row in rows.values()}
    assert "stop, stop loss" in kinds
    assert "limit, DAY" in kinds
    statuses = {row["Status"] for row in rows.values()}
    assert "cancelled: the other order of its group filled" in statuses


def test_trades_tell_entry_and_exit(page):
    (row,) = page.records("trades")
    assert row["Entered by"] == "limit dip <1>"
    assert row["Exit reason"].startswith("stop loss")


def test_without_events_there_is_no_card(page):
    assert "events" not in page.tables
    assert "Events of the account" not in page.text


def test_events_are_counted_and_those_of_every_day_are_cut_first():
    days = 900
    close = np.full(days, 100.0)
    close[600:] = 60.0
    split = CorporateAction(symbol="TEST", kind="split", ex_date=START + 300 * DAY, ratio=2.0)
    dividend = CorporateAction(symbol="TEST", kind="dividend", ex_date=START + 200 * DAY, amount=1.5, currency="USD")
    close[300:] /= 2

    class Levered(ax.Strategy):
        def signals(self, bars):
            return np.full(len(bars), 1.9)

    account = ax.Account(leverage=2, maintenance=0.4, debit_rate=0.05)
    result = ax.backtest(Levered(), daily(close), prices="raw", actions=[split, dividend], account=account)
    page = Page(render_report(result))
    totals = {row["Event"]: row for row in page.records("event-totals")}
    events = result.events
    assert list(totals)[:2] == ["Margin call", "Liquidation"]
    for label, name in (("Interest", "interest"), ("Dividend", "dividend")):
        own = events[events["event"] == name]
        assert totals[label]["Times"] == f"{len(own):,}"
        assert totals[label]["Amount"] == number(own["amount"].sum(), 2, signed=True)
    rows = page.records("events")
    assert len(rows) == 500
    told = [row["Event"] for row in rows]
    for label in ("Margin call", "Liquidation", "Dividend", "Split"):
        assert str(told.count(label)) == totals[label]["Times"]
    assert [row["Time"] for row in rows] == sorted(row["Time"] for row in rows)
    split_row = rows[told.index("Split")]
    assert split_row["What"].startswith("2 for 1, then ")
    assert f"First 500 of {int((result.event_records['bar'] >= 0).sum() + 1):,}" in page.text
