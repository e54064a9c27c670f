"""Reports of runs with several symbols: what the page says is what the result says."""

import json

import numpy as np
import pytest
from arbitrax.backtest.report.data import ROW_LIMIT
from arbitrax.backtest.report.figures import number, percent
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.backtest.holdings import net_values, traded_panel, weights
from arbitrax.backtest.report import render_report
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.intervals import DAY
from tests.market import START, random_walk, weekdays
from tests.page import Page


def named(symbol, *, days=300, seed=1, first=0):
    bars = random_walk(days, seed=seed)
    rows = slice(first, None)
    return Bars(
        symbol, "1d", *(getattr(bars, name)[rows] for name in ("timestamp", "open", "high", "low", "close", "volume"))
    )


class Alternate(ax.Strategy):
    """Holds each symbol in turn for a week, the odd ones short."""

    def portfolio(self, panel):
        bars, symbols = panel.shape
        found = np.zeros(panel.shape)
        turn = np.arange(bars) // 5 % symbols
        found[np.arange(bars), turn] = np.where(turn % 2 == 0, 0.8, -0.4)
        found[np.isnan(panel.close)] = 0
        return found


@pytest.fixture(scope="module")
def result():
    series = [named("AAA", seed=2), named("B<b>", seed=3), named("CCC", seed=4, first=100)]
    return ax.backtest(Alternate(), series, account=ax.Account(credit_rate=0.02, borrow_rate=0.03), slippage_bps=2)


@pytest.fixture(scope="module")
def page(result):
    return Page(render_report(result))


@pytest.fixture(scope="module")
def data(page):
    return json.loads(page.scripts[0])


def test_contributions_equal_the_result(result, page):
    rows = {row["Symbol"]: row for row in page.records("contributions")}
    assert list(rows) == [*result.contributions.index, "All symbols", "Interest on cash", "Total"]
    for symbol, one in result.contributions.iterrows():
        assert rows[symbol]["P&L"] == number(one["pnl"], 2, signed=True)
        assert rows[symbol]["Of starting cash"] == percent(one["contribution"], signed=True)
        assert rows[symbol]["Closed trades"] == str(int(one["trades"]))
        assert rows[symbol]["Hit rate"] == percent(one["hit_rate"], decimals=1)
        assert rows[symbol]["Fees"] == number(one["fees"], 2)
    assert rows["Total"]["P&L"] == number(result.equity_curve[-1] - 100_000, 2, signed=True)
    assert rows["Total"]["Of starting cash"] == percent(result.metrics["total_return"], signed=True)


def test_curves_of_exposure_and_weights_equal_the_result(result, data):
    drawn = data["portfolio"]
    assert drawn["gross"] == pytest.approx(result.exposure_curve / result.equity_curve, abs=1e-6)
    assert drawn["net"] == pytest.approx(net_values(result) / result.equity_curve, abs=1e-6)
    assert min(drawn["net"]) < -0.2
    shares = weights(result, traded_panel(result))
    mean = [np.abs(shares[each["symbol"]]).mean() for each in drawn["weights"]]
    assert mean == sorted(mean, reverse=True)
    for each in drawn["weights"]:
        assert each["values"] == pytest.approx(shares[each["symbol"]], abs=1e-4)


def test_each_symbol_has_its_own_prices_and_trades(result, page, data):
    assert data["prices"]["close"] == []
    symbols, candles = data["portfolio"]["symbols"], data["portfolio"]["candles"]
    assert symbols == ["AAA", "B<b>", "CCC"]
    panel = traded_panel(result)
    for column, own in enumerate(candles):
        drawn = np.array(own["close"], dtype=np.float64)
        assert drawn == pytest.approx(panel.close[:, column], abs=10.0 ** -own["decimals"], nan_ok=True)
    assert candles[2]["open"][:100] == [None] * 100
    trades = data["trades"]
    assert trades["symbol"] == result.trade_records["symbol"].tolist()
    for place, symbol in enumerate(trades["symbol"]):
        bar = trades["entry_bar"][place]
        low, high = panel.low[bar, symbol], panel.high[bar, symbol]
        assert low * 0.999 <= trades["entry_price"][place] <= high * 1.001
    assert [option["value"] for option in page.of("option")] == ["0", "1", "2"]
    assert page.open == []
    assert not page.of("b<b>")


def test_the_trade_table_names_symbols(result, page):
    rows = page.records("trades")
    assert [row["Symbol"] for row in rows] == result.trades["symbol"].tolist()
    assert [row["P&L"] for row in rows] == [number(pnl, 2, signed=True) for pnl in result.trades["pnl"]]


def test_assumptions_name_the_symbols_and_no_average_of_the_index(page):
    assert "3 on one account: AAA, B<b>, CCC" in page.text
    assert "All symbols in equal shares" in page.text
    assert "Averages" not in page.text


def test_a_result_without_bars_says_what_is_missing(result):
    page = Page(render_report(replace(result, raw=None)))
    drawn = json.loads(page.scripts[0])["portfolio"]
    assert (drawn["weights"], drawn["candles"], page.of("option")) == ([], [], [])
    assert drawn["net"] == pytest.approx(net_values(result) / result.equity_curve, abs=1e-6)
    assert "this result was kept without them" in page.text


def test_one_symbol_has_none_of_it():
    page = Page(render_report(ax.backtest(ax.SmaCross(fast=3, slow=8), random_walk(100))))
    assert json.loads(page.scripts[0])["portfolio"] is None
    assert "contributions" not in page.tables
    assert "Symbol" not in page.tables["trades"][0]


def test_idle_portfolio_says_so():
    class Idle(ax.Strategy):
        def portfolio(self, panel):
            return np.zeros(panel.shape)

    page = Page(render_report(ax.backtest(Idle(), [named("A", days=30), named("B", days=30, seed=9)])))
    assert "what each symbol added would be listed here" in page.text
    assert json.loads(page.scripts[0])["portfolio"]["weights"] == []


def wide_panel(symbols, days):
    generator = np.random.default_rng(3)
    close = 50 * np.exp(np.cumsum(generator.normal(0, 0.01, (days, symbols)), axis=0))
    names = tuple(f"S{place:03d}" for place in range(symbols))
    return ax.Panel(names, "1d", weekdays(days), close, close, close, close, np.full(close.shape, 1e6))


class Monthly(ax.Strategy):
    """A tenth of the symbols, others each time."""

    every: int = ax.parameter(21)

    def portfolio(self, panel):
        bars, symbols = panel.shape
        found = np.full(panel.shape, np.nan)
        generator = np.random.default_rng(5)
        for bar in range(0, bars, self.every):
            found[bar] = 0
            found[bar, generator.permutation(symbols)[: symbols // 10]] = 10 / symbols
        return found


def test_many_symbols_stay_small_and_say_what_is_left_out():
    result = ax.backtest(Monthly(every=5), wide_panel(500, 1000))
    html = render_report(result)
    page = Page(html)
    data = json.loads(page.scripts[0])
    trades, orders = len(result.trade_records), len(result.order_records)
    assert trades > ROW_LIMIT
    assert len(html) < 3_000_000
    assert len(page.records("trades")) == len(data["trades"]["pnl"]) == ROW_LIMIT
    assert data["trade_count"] == trades
    assert f"First {ROW_LIMIT:,} of {trades:,} trades" in page.text
    assert f"First 500 of {orders:,}" in page.text
    assert data["portfolio"]["candles"] == []
    assert len(data["portfolio"]["weights"]) == 8
    rows = page.records("contributions")
    assert [row["Symbol"] for row in rows[:12]] == result.contributions.index[:12].tolist()
    assert [row["Symbol"] for row in rows[13:25]] == result.contributions.index[-12:].tolist()
    assert rows[12]["Symbol"] == "476 symbols between"
    assert rows[12]["P&L"] == number(result.contributions["pnl"].iloc[12:-12].sum(), 2, signed=True)


def test_split_prices_and_trades_are_drawn_in_one_unit():
    close = np.array([10.0, 10, 12, 6, 6, 7])
    bars = Bars("A", "1d", START + np.arange(6) * DAY, close, close, close, close, np.full(6, 100.0))
    other = replace(bars, symbol="B")
    split = CorporateAction(symbol="A", kind="split", ex_date=START + 3 * DAY, ratio=2.0)

    class Early(ax.Strategy):
        def portfolio(self, panel):
            found = np.zeros(panel.shape)
            found[0, 0] = 1.0
            return found

    result = ax.backtest(Early(), [bars, other], prices="raw", actions=[split], commission_bps=0)
    data = json.loads(Page(render_report(result)).scripts[0])
    assert data["portfolio"]["candles"][0]["close"] == [5, 5, 6, 6, 6, 7]
    assert data["portfolio"]["candles"][1]["close"] == close.tolist()
    # Bought at 10 and sold at 12 before the split: 5 and 6 of today's units.
    assert data["trades"]["entry_price"] == [10.0]
    assert data["trades"]["exit_price"] == [12.0]
    assert data["trades"]["unit"] == [0.5]
