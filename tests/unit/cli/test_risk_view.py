"""Tables of months, drawdowns, rolling metrics and the tested value at risk, against the frames of the run."""

import io
import math

import pytest
from msgspec import json
from rich.console import Console

import arbitrax as ax
from arbitrax.cli.risk_view import risk_document, risk_tables
from tests.market import daily, random_walk, sample


def text_of(run):
    out = Console(file=io.StringIO(), width=160)
    for part in risk_tables(run):
        out.print(part)
    return out.file.getvalue()


@pytest.fixture(scope="module")
def result():
    return ax.backtest(ax.SmaCross(fast=10, slow=30), sample("AAPL"), benchmark=sample("GSPC"))


def test_tables_show_what_the_frames_hold(result):
    lines = [line.split() for line in text_of(result).splitlines()]
    row = next(line for line in lines if line[:1] == ["2004"])
    months = result.monthly.loc[2004]
    assert [float(cell) for cell in row[1:]] == pytest.approx((months * 100).tolist(), abs=0.0501)
    deepest = result.drawdowns.iloc[0]
    shown = [f"{deepest[name]:%Y-%m-%d}" for name in ("peak", "trough", "recovery")]
    assert [*shown, f"{deepest['depth']:.2%}", f"{deepest['length'].days:,}", "d"] in lines
    assert ["historical", "95%"] in [line[:2] for line in lines]
    sharpe = result.rolling()["sharpe"]
    ends = [f"{value:.2f}" for value in (sharpe.min(), sharpe.max(), sharpe.iloc[-1])]
    assert any(line[:2] == ["Sharpe", "ratio"] and line[-3:] == ends for line in lines)


def test_document_holds_what_the_frames_hold(result):
    found = json.decode(json.encode(risk_document(result)))
    by_month = {each["month"]: each["run"] for each in found["monthly"]}
    assert by_month["2007-06"] == pytest.approx(result.monthly.loc[2007, 6])
    assert [each["run"] for each in found["yearly"]] == pytest.approx(result.yearly["run"].tolist())
    assert [each["depth"] for each in found["drawdowns"]] == result.drawdowns["depth"].tolist()
    assert found["rolling"]["window"] == 126
    rolled = [math.nan if value is None else value for value in found["rolling"]["beta"]]
    assert rolled == pytest.approx(result.rolling()["beta"].tolist(), nan_ok=True)
    assert [each["p_value"] for each in found["var_backtest"]] == pytest.approx(result.var_backtest["p_value"].tolist())


def test_a_short_run_shows_what_there_is():
    run = ax.backtest(ax.BuyAndHold(), daily([10, 11, 12]), commission_bps=0)
    text = text_of(run)
    assert "Returns by month" in text
    for missing in ("Worst drawdowns", "Rolling metrics", "value at risk"):
        assert missing not in text
    assert risk_document(run)["drawdowns"] == []


def test_a_drawdown_that_lasts_says_so():
    assert "not yet" in text_of(ax.backtest(ax.BuyAndHold(), random_walk(60, deviation=0.03)))
