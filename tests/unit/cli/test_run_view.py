import io

import numpy as np
import pytest
from msgspec import json
from rich.console import Console

import arbitrax as ax
from arbitrax.cli.run_view import account_tables, contributions_table, run_document, trades_table
from arbitrax.domain.bars import Bars
from tests.market import daily, random_walk


def text_of(*parts):
    out = Console(file=io.StringIO(), width=140)
    for part in parts:
        out.print(part)
    return out.file.getvalue()


def lines_of(text):
    return [line.strip() for line in text.splitlines()]


def named(symbol, seed):
    bars = random_walk(120, seed=seed)
    return Bars(symbol, "1d", bars.timestamp, bars.open, bars.high, bars.low, bars.close, bars.volume)


@pytest.fixture(scope="module")
def result():
    account = ax.Account(credit_rate=0.03)
    return ax.backtest(ax.SmaCross(fast=3, slow=8), [named("AAA", 1), named("BBB", 2)], account=account)


def test_contributions_are_a_row_a_symbol(result):
    text = text_of(contributions_table(result))
    assert "Contributions (2 symbols)" in text
    for symbol, one in result.contributions.iterrows():
        (line,) = [line for line in lines_of(text) if line.startswith(symbol)]
        assert f"{one['pnl']:,.2f}" in line
        assert f"{one['hit_rate']:.1%}" in line


def test_many_symbols_show_both_ends():
    class Hold(ax.Strategy):
        def portfolio(self, panel):
            return np.full(panel.shape, 1 / panel.shape[1])

    result = ax.backtest(Hold(), [named(f"S{seed:02d}", seed) for seed in range(30)])
    text = text_of(contributions_table(result))
    assert "best and worst 8 of 30 symbols" in text
    shown = [line.split()[0] for line in lines_of(text) if line.startswith("S")]
    assert shown == [*result.contributions.index[:8], *result.contributions.index[-8:]]


def test_refused_orders_and_events_are_counted(result):
    class TooMuch(ax.Strategy):
        def on_bar(self, ctx):
            ctx.buy(10_000, tag="all of it")

    refused = ax.backtest(TooMuch(), daily([10, 10, 10, 10]), cash=100, account=ax.Account(kind="cash"))
    text = text_of(*account_tables(refused))
    assert "Refused orders (3)" in text
    assert "not enough cash" in text
    text = text_of(*account_tables(result))
    assert "Refused" not in text
    (line,) = [line for line in lines_of(text) if line.startswith("Interest")]
    interest = result.event_records["amount"].sum()
    assert f"{interest:+,.2f}" in line
    document = run_document(refused, None, None, with_records=True)
    assert document["refused_orders"] == {"no_cash": 3}
    assert document["orders"][0]["tag"] == "all of it"
    assert document["orders"][0]["accepted"] is not None


def test_documents_hold_contributions_events_and_the_life_of_orders(result):
    document = json.decode(json.encode(run_document(result, "bt_1", None, with_records=True)))
    assert [each["symbol"] for each in document["contributions"]] == result.contributions.index.tolist()
    assert [each["pnl"] for each in document["contributions"]] == result.contributions["pnl"].tolist()
    interest = document["account_events"]["interest"]
    assert interest["count"] == len(document["events"]) == len(result.event_records)
    assert interest["amount"] == pytest.approx(result.event_records["amount"].sum())
    assert document["refused_orders"] == {}
    orders = result.orders
    assert [order["kind"] for order in document["orders"]] == orders["kind"].tolist()
    filled = next(order for order in document["orders"] if order["status"] == "filled")
    assert filled["created"] <= filled["accepted"] <= filled["ended"]
    assert filled["triggered"] is None
    fills = result.fills
    assert [fill["quantity"] for fill in document["fills"]] == fills["quantity"].tolist()
    assert [fill["order"] for fill in document["fills"]] == fills["order"].tolist()
    trade = document["trades"][0]
    assert (trade["entry_reason"], trade["exit_reason"]) == ("market", "signal")


def test_trades_say_why_they_ended(result):
    lines = lines_of(text_of(trades_table(result)))
    rows = [line.split() for line in lines if line.startswith(("AAA", "BBB"))]
    assert [row[4] for row in rows] == result.trades["exit_reason"].tolist()[-20:]
    assert rows[0][4] == "signal"
