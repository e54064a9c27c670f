"""The report as a file: what it holds is what the result says, and nothing in it can become markup."""

import base64
import csv
import hashlib
import html as markup
import io
import re

import numpy as np
import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.report import render_report, write_report
from arbitrax.backtest.report.recorded import CANDLES, POINTS, ROWS
from arbitrax.backtest.spec import RunSpec, StrategyRef
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import DAY
from tests.market import START, daily, random_walk, sample, weekdays
from tests.report_page import answers_of, recorded_of

EVIL = "</script><b>evil</b><!--<script>{{recorded}}\u2028$&"


def run(strategy, bars, *, name="test", **options):
    reference = StrategyRef(
        name=name, class_name=type(strategy).__name__, parameters=strategy.values, source_hash="ab" * 32
    )
    return run_backtest(RunSpec(strategy=reference, symbols=(bars.symbol,), **options), strategy, bars)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def apple():
    return run(ax.SmaCross(fast=10, slow=30), sample("AAPL"), benchmark=None, slippage_bps=5)


@pytest.fixture(scope="module")
def answers(apple):
    return answers_of(render_report(apple))


def test_the_run_and_its_metrics_are_those_of_the_result(apple, answers):
    told = answers[""]
    assert told["result"]["result_hash"] == apple.hash
    assert told["result"]["bars"] == len(apple.bars)
    assert {name: each["value"] for name, each in told["result"]["metrics"].items()} == dict(apple.metrics)
    assert {each["name"]: each["value"] for each in answers["/figures"]["figures"]} == dict(apple.metrics)
    assert told["spec"]["strategy"]["parameters"] == {"fast": 10, "slow": 30, "short": False}


def test_curves_and_prices_of_a_run_that_fits_are_of_every_bar(apple, answers):
    points = answers["/equity"]["data"]
    assert [float(each["close"]) for each in points] == apple.equity_curve.tolist()
    assert [float(each["benchmark"]) for each in points] == apple.benchmark_curve.tolist()
    assert min(each["drawdown"] for each in points) == apple.metrics["max_drawdown"]
    assert [float(each["close"]) for each in answers["/prices?symbol=AAPL"]["data"]] == apple.bars.close.tolist()


def test_every_trade_and_order_is_a_row(apple, answers):
    trades = rows_of(answers["/tables/trades"])
    assert [float(each["pnl"]) for each in trades] == apple.trade_records["pnl"].tolist()
    assert len(rows_of(answers["/tables/orders"])) == len(apple.order_records)
    assert sum(each["orders"] for each in answers["/figures"]["orders"]) == len(apple.order_records)


def test_the_account_and_the_test_of_the_value_at_risk_are_those_of_the_result(apple, answers):
    told, exposure = answers["/account"], answers["/account"]["exposure"]
    assert told["bars"] == len(apple.bars)
    assert max(exposure["long"]) == pytest.approx(apple.equity["leverage"].max(), abs=1e-6)
    assert (set(exposure["short"]), exposure["weights"], told["held"]) == ({0}, [], 1)
    tests = answers["/tables/var_backtest"]["data"]
    assert [each["exceptions"] for each in tests] == apple.var_backtest["exceptions"].tolist()
    assert [each["p_value"] for each in tests] == apple.var_backtest["p_value"].tolist()


def test_honesty_is_told_without_the_time_that_it_took(apple, answers):
    document = apple.honesty.document()
    assert answers["/honesty"]["look_ahead"]["sentence"] == document["look_ahead"]["sentence"]
    assert answers["/honesty"]["verdict"] == document["verdict"]
    assert "seconds" not in {*answers["/honesty"], *answers["/honesty"]["look_ahead"]}


def test_same_result_gives_the_same_bytes(apple, tmp_path):
    path = write_report(apple, tmp_path / "deep" / "report.html")
    again = run(ax.SmaCross(fast=10, slow=30), sample("AAPL"), benchmark=None, slippage_bps=5)
    assert path.read_bytes() == render_report(again).encode()


def test_a_place_that_cannot_be_written_is_said(apple, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match=r"cannot be written to .*report\.html.*give another path"):
        apple.report(tmp_path / "file" / "report.html")


def test_names_cannot_break_out():
    bars = replace(random_walk(60), symbol=EVIL)
    html = render_report(run(ax.SmaCross(fast=2, slow=5), bars, name=EVIL))
    assert "<b>evil" not in html
    assert len(re.findall("<script", html.partition('<script type="module">')[0])) == 1
    title = re.search("<title>(.*?)</title>", html)[1]
    assert markup.unescape(title).startswith(EVIL[:20])
    told = answers_of(html)
    assert told[""]["spec"]["symbols"] == [EVIL]
    assert told[""]["spec"]["strategy"]["name"] == EVIL
    assert f"/prices?symbol={EVIL}" in told


def test_the_policy_allows_its_own_script_and_nothing_else(apple):
    html = render_report(apple)
    policy = markup.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1])
    script = re.search(r'<script type="module">(.*)</script>\s*</body>', html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rules = dict(each.split(" ", 1) for each in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'sha256-{digest}'"
    assert rules["style-src"] == "'nonce-" + re.search('<style nonce="([^"]+)"', html)[1] + "'"
    assert (rules["base-uri"], rules["form-action"]) == ("'none'", "'none'")
    assert not re.search(r"<(?:link|img|iframe)\b|<script [^>]*src", html)


def test_two_bars_are_enough():
    told = answers_of(render_report(run(ax.BuyAndHold(), daily([10, 11]))))
    assert len(told["/equity"]["data"]) == 2
    assert [each["sharpe"] for each in rows_of(told["/tables/rolling"])] == [""]
    assert {each["p_value"] for each in told["/tables/var_backtest"]["data"]} == {None}
    assert told["/account"]["exposure"]["long"] == [0, 1]


def test_a_strategy_that_never_trades_has_empty_tables_and_says_so():
    class Idle(ax.Strategy):
        def signals(self, bars):
            return np.zeros(len(bars))

    told = answers_of(render_report(run(Idle(), random_walk(30))))
    assert rows_of(told["/tables/trades"]) == []
    assert told["/figures"]["histogram"] is None
    assert "None: the strategy never traded" in [each["text"] for each in told["/figures"]["assumptions"]]


def test_long_runs_are_drawn_in_fewer_points_that_keep_extremes():
    result = run(ax.SmaCross(fast=20, slow=100), random_walk(3 * POINTS))
    told = answers_of(render_report(result))
    points = told["/equity"]["data"]
    assert len(points) == POINTS
    assert told["/equity"]["bars"] == 3 * POINTS
    assert max(float(each["high"]) for each in points) == result.equity_curve.max()
    assert min(each["drawdown"] for each in points) == result.metrics["max_drawdown"]
    assert len(told["/prices?symbol=TEST"]["data"]) == POINTS
    assert len(rows_of(told["/tables/rolling"])) <= POINTS


def test_long_tables_are_cut_and_it_is_told_of_how_many():
    result = run(ax.SmaCross(fast=1, slow=2), random_walk(9000))
    html = render_report(result)
    trades, orders = len(result.trade_records), len(result.order_records)
    assert trades > ROWS
    assert recorded_of(html)["cuts"] == [
        {"table": "trades", "rows": ROWS, "of": trades},
        {"table": "orders", "rows": ROWS, "of": orders},
    ]
    assert len(rows_of(answers_of(html)["/tables/trades"])) == ROWS


def wide_panel(symbols, days):
    generator = np.random.default_rng(3)
    close = 50 * np.exp(np.cumsum(generator.normal(0, 0.01, (days, symbols)), axis=0))
    names = tuple(f"S{place:03d}" for place in range(symbols))
    return ax.Panel(names, "1d", weekdays(days), close, close, close, close, np.full(close.shape, 1e6))


class Weekly(ax.Strategy):
    """A tenth of the symbols, others each time."""

    def portfolio(self, panel):
        bars, symbols = panel.shape
        found = np.full(panel.shape, np.nan)
        generator = np.random.default_rng(5)
        for bar in range(0, bars, 5):
            found[bar] = 0
            found[bar, generator.permutation(symbols)[: symbols // 10]] = 10 / symbols
        return found


def test_many_symbols_have_no_prices_and_stay_small():
    result = ax.backtest(Weekly(), wide_panel(500, 1000))
    html = render_report(result)
    assert recorded_of(html)["priced"] == []
    assert len(html) < 3_000_000


def test_few_symbols_have_prices_each_and_share_the_candles():
    result = ax.backtest(Weekly(), wide_panel(10, 1000))
    html = render_report(result)
    assert recorded_of(html)["priced"] == list(result.spec.symbols)
    told = answers_of(html)
    for symbol in result.spec.symbols:
        assert len(told[f"/prices?symbol={symbol}"]["data"]) == CANDLES // 10


def test_a_result_without_its_bars_has_no_prices():
    result = ax.backtest(Weekly(), wide_panel(10, 100))
    assert recorded_of(render_report(replace(result, raw=None, origin=None)))["priced"] == []


def test_prices_before_a_split_are_drawn_in_units_of_today():
    close = np.array([10.0, 10, 12, 6, 6, 7])
    bars = Bars("A", "1d", START + np.arange(6) * DAY, close, close, close, close, np.full(6, 100.0))
    split = CorporateAction(symbol="A", kind="split", ex_date=START + 3 * DAY, ratio=2.0)

    class Early(ax.Strategy):
        def portfolio(self, panel):
            found = np.zeros(panel.shape)
            found[0, 0] = 1.0
            return found

    result = ax.backtest(Early(), [bars, replace(bars, symbol="B")], prices="raw", actions=[split], commission_bps=0)
    told = answers_of(render_report(result))
    assert [float(each["close"]) for each in told["/prices?symbol=A"]["data"]] == [5, 5, 6, 6, 6, 7]
    assert [float(each["close"]) for each in told["/prices?symbol=B"]["data"]] == close.tolist()


def test_the_page_of_reports_stays_small():
    assert len(render_report(run(ax.BuyAndHold(), daily([10, 11]))).encode()) < 1_500_000
