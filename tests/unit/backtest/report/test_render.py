import json
import re

import numpy as np
import pytest

import arbitrax as ax
from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.metrics import DEFINITIONS
from arbitrax.backtest.report import figures, notebook_summary, notebook_view, render_report, write_report
from arbitrax.backtest.spec import RunSpec, StrategyRef
from tests.market import daily, random_walk, sample
from tests.page import Page

EVIL = "</script><b>evil</b><!--<script>{{style}}\u2028$&"


def run(strategy, bars, *, name=None, **options):
    reference = StrategyRef(
        name=name or "test",
        class_name=name or type(strategy).__name__,
        parameters=strategy.values,
        source_hash="ab" * 32,
    )
    return run_backtest(RunSpec(strategy=reference, symbols=(bars.symbol,), **options), strategy, bars)


def data_of(html):
    return json.loads(Page(html).scripts[0])


@pytest.fixture(scope="module")
def apple():
    return run(ax.SmaCross(fast=10, slow=30), sample("AAPL"))


@pytest.fixture(scope="module")
def short():
    return run(ax.BuyAndHold(), random_walk(40), commission_bps=0)


def test_every_metric_is_shown_with_its_formula(apple):
    page = Page(render_report(apple))
    assert {row["data-metric"] for row in page.of("tr") if "data-metric" in row} == set(DEFINITIONS)
    assert all(definition.label in page.text for definition in DEFINITIONS.values())
    assert "(E_N / E_1)^(365.25 / days) \N{MINUS SIGN} 1" in page.text
    assert page.open == []


def test_undefined_metrics_say_why_in_the_text(short):
    text = Page(render_report(short)).text
    assert short.metrics.undefined
    for reason in short.metrics.undefined.values():
        assert f"n/a because {reason}" in text


def test_notices_and_assumptions_are_in_the_text(short):
    text = Page(render_report(short, facts={"Warm-up": "1 bar"})).text
    assert "Costs are zero" in text
    assert "live from the next bar's open" in text
    assert "Commission 0 bps and slippage 0 bps" in text
    assert short.metrics.basis in text
    assert "1 bar" in text
    for digest in (short.spec.hash, short.data_hash, short.hash):
        assert digest in text


def test_title_and_run_id_head_the_page(short):
    page = Page(render_report(short, title="My run", run_id="bt_01"))
    assert "My run" in page.text
    assert "bt_01" in page.text
    assert "BuyAndHold" in page.text


def test_every_trade_is_a_row(apple):
    page = Page(render_report(apple))
    assert sum("data-trade" in button for button in page.of("button")) == len(apple.trade_records)


def test_page_asks_nothing_of_a_network(apple):
    html = render_report(apple)
    for pattern in (
        r"https?:",
        r"[\"'(=\s]//\w",
        r"url\s*\(",
        r"@import",
        r"\bfetch\b",
        r"XMLHttpRequest",
        r"<link",
        r"<img",
    ):
        assert not re.search(pattern, html), pattern
    page = Page(html)
    assert not [name for _, attributes in page.elements for name in attributes if name in {"src", "href", "style"}]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    policy = next(meta["content"] for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_names_cannot_break_out():
    bars = random_walk(60)
    bars = type(bars)(EVIL, "1d", bars.timestamp, bars.open, bars.high, bars.low, bars.close, bars.volume)
    html = render_report(run(ax.SmaCross(fast=2, slow=5), bars, name=EVIL), title=EVIL, run_id=EVIL, facts={EVIL: EVIL})
    page = Page(html)
    assert len(page.of("script")) == 2
    assert len(page.scripts) == 2
    assert "evil" in page.text
    assert html.count("<b>evil") == 0
    assert json.loads(page.scripts[0])["symbol"] == EVIL
    assert page.open == []


def test_control_characters_are_replaced(short):
    html = render_report(short, title="a\x00b\x1bc\ud800d")
    assert data_of(html)["title"] == "a\ufffdb\ufffdc?d"


def test_data_equals_the_result(apple):
    data = data_of(render_report(apple))
    assert data["curves"]["bar"] is None
    assert np.array_equal(data["curves"]["equity"], apple.equity_curve)
    assert np.array_equal(data["curves"]["benchmark"], apple.benchmark_curve)
    assert np.array_equal(data["prices"]["close"], apple.bars.close)
    assert np.array_equal(np.array(data["prices"]["time"]) * 1_000_000, apple.bars.timestamp)
    assert np.array_equal(data["trades"]["pnl"], apple.trade_records["pnl"])
    assert {one["name"]: one["value"] for one in data["figures"]} == dict(apple.metrics)
    assert sum(group["orders"] for group in data["orders"]) == len(apple.order_records)


def test_same_result_gives_the_same_bytes(apple, tmp_path):
    path = write_report(apple, tmp_path / "report.html")
    assert path == tmp_path / "report.html"
    again = run(ax.SmaCross(fast=10, slow=30), sample("AAPL"))
    assert path.read_bytes() == render_report(again).encode()


def test_size_stays_moderate(apple):
    assert len(render_report(apple).encode()) < 1_500_000 * max(len(apple.bars) / 3270, 1)


def test_strategy_that_never_trades_says_so():
    class Idle(ax.Strategy):
        def signals(self, bars):
            return np.zeros(len(bars))

    text = Page(render_report(run(Idle(), random_walk(30)))).text
    assert "never traded" in text
    assert "placed no order" in text
    assert "returns are too few or do not vary" in text


def test_two_bars_are_enough_for_a_page():
    text = Page(render_report(run(ax.BuyAndHold(), daily([10, 11])))).text
    assert "n/a because" in text


def test_bankrupt_months_are_missing_with_a_reason():
    class Short(ax.Strategy):
        def signals(self, bars):
            return np.full(len(bars), -1.0)

    page = Page(render_report(run(Short(), daily([100.0] * 10 + [300.0] * 80))))
    assert "bankrupt" in page.text
    assert any(span.get("title") == "n/a because the account had nothing left" for span in page.of("span"))


def test_long_runs_say_that_charts_are_sampled(monkeypatch, apple):
    html = render_report(apple)
    assert "are drawn as" not in Page(html).text
    for name in ("keep_extremes", "widen_bars"):
        whole = getattr(__import__("arbitrax.backtest.report.sampling", fromlist=[name]), name)
        monkeypatch.setattr(
            f"arbitrax.backtest.report.data.{name}", lambda given, _=None, whole=whole: whole(given, 500)
        )
    html = render_report(apple)
    data = data_of(html)
    assert "figures and tables use every bar" in Page(html).text
    assert len(data["curves"]["equity"]) == len(data["curves"]["bar"]) <= 500
    assert max(data["curves"]["equity"]) == apple.equity_curve.max()
    assert min(data["curves"]["drawdown"]) == apple.metrics["max_drawdown"]


def test_notebook_view_frames_the_report(short):
    page = Page(notebook_view(short)._repr_html_())
    (frame,) = page.of("iframe")
    assert frame["srcdoc"] == render_report(short)
    assert frame["sandbox"] == "allow-scripts"


def test_notebook_summary_is_a_small_table(apple):
    html = notebook_summary(apple)
    page = Page(html)
    assert len(page.of("tr")) == 8
    assert len(page.of("svg")) == 1
    assert page.open == []
    assert len(html) < 12_000
    assert apple._repr_html_() == html


def test_notebook_summary_escapes_names():
    html = notebook_summary(run(ax.SmaCross(fast=2, slow=5), random_walk(60), name=EVIL))
    assert "<b>evil" not in html
    assert "<script" not in html


def test_cards_of_risk_hold_the_figures_of_the_frames(apple):
    page = render_report(apple)
    worst = apple.drawdowns.iloc[0]
    assert figures.percent(worst["depth"]) in page
    for name in ("peak", "trough"):
        assert f"<td>{worst[name]:%Y-%m-%d}</td>" in page
    assert page.count("<circle ") == 2 * len(apple.trade_records)
    tested = apple.var_backtest.iloc[0]
    assert f'<td class="num">{tested["exceptions"]:,}</td>' in page
    assert 'aria-label="Sharpe ratio"' in page


def test_cards_of_risk_of_a_run_without_anything_say_why():
    page = render_report(ax.backtest(ax.BuyAndHold(weight=0.0), daily([10, 11, 12])))
    assert "shorter than a window of" in page
    assert "Equity never fell below an earlier peak." in page
    assert "n/a because nothing was traded." in page
    assert "Value at risk, tested" not in page
