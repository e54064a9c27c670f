"""The honesty panel is the first thing on the page."""

import numpy as np
from arbitrax.backtest.report.honesty_card import draw_honesty
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.backtest.report import render_report
from tests.market import random_walk, sample


class Peek(ax.Strategy):
    def signals(self, bars):
        return np.where(np.roll(bars.close, -1) > bars.close, 1.0, 0.0)


def test_honesty_comes_before_every_figure():
    page = render_report(ax.backtest(ax.SmaCross(), sample("AAPL")))
    body = page[page.index("<main>") :]
    assert body.index('id="honesty-title"') < body.index('class="keys"') < body.index('id="charts"')
    assert "None found: 25 histories" in body


def test_look_ahead_stands_out_and_text_is_escaped():
    run = ax.backtest(Peek, replace(random_walk(300), symbol="<b>"), fill="same_close")
    drawn = draw_honesty(run.honesty)
    assert '<span class="verdict failed">failed</span>' in drawn
    assert "&lt;b&gt;" in drawn
    assert "<b>," not in drawn
    # The head of the page has it.
    assert "Same close" not in drawn


def test_pages_of_the_same_result_are_equal():
    first, second = (render_report(ax.backtest(ax.SmaCross(), sample("AAPL"))) for _ in range(2))
    assert first == second


def test_parts_without_an_answer_say_why():
    drawn = draw_honesty(ax.backtest(ax.BuyAndHold(), random_walk(3)).honesty)
    assert "too few to resample" in drawn
    assert '<span class="verdict ">n/a</span>' in drawn
