import html
import re

import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.backtest.report import notebook_summary, notebook_view, render_report
from tests.market import random_walk, sample


@pytest.fixture(scope="module")
def result():
    return ax.backtest(ax.SmaCross(fast=10, slow=30), sample("AAPL"))


def test_the_view_frames_the_report_apart_from_the_notebook(result):
    frame = notebook_view(result)._repr_html_()
    (page,) = re.findall(r'<iframe srcdoc="([^"]*)"', frame)
    assert html.unescape(page) == render_report(result)
    assert 'sandbox="allow-scripts allow-downloads allow-popups"' in frame


def test_the_summary_is_a_small_table_with_the_curve(result):
    text = notebook_summary(result)
    assert text.count("<tr") == 8
    assert text.count("<svg") == 1
    assert len(text) < 8_000
    assert result._repr_html_() == text


def test_the_summary_escapes_names():
    bars = replace(random_walk(60), symbol="<b>evil")
    assert "<b>evil" not in notebook_summary(ax.backtest(ax.SmaCross(fast=2, slow=5), bars))
