"""What `strategy check` finds in strategies that are wrong, each in its own way."""

import textwrap

import pytest

import arbitrax as ax
from arbitrax.backtest.first_check import check_strategy
from arbitrax.strategies.registry import BUILT_IN, find_strategy, load_file

HEAD = """\
import numpy as np

import arbitrax as ax


class Mine(ax.Strategy):
"""


def check(tmp_path, body):
    path = tmp_path / "mine.py"
    path.write_text(HEAD + textwrap.indent(textwrap.dedent(body).lstrip("\n"), "    "))
    return path, check_strategy(load_file(path, ""))


def only_problem(tmp_path, body):
    path, found = check(tmp_path, body)
    assert len(found.problems) == 1
    problem = found.problems[0]
    assert problem.sentence.startswith(f"{path}, line {problem.line}: ")
    assert problem.sentence.endswith(".")
    return problem


@pytest.mark.parametrize("name", BUILT_IN)
def test_nothing_is_wrong_with_what_is_built_in(name):
    found = check_strategy(find_strategy(name))
    assert found.problems == ()
    assert found.notes == ()
    assert len(found.markets) >= 2


@pytest.mark.parametrize(
    "body",
    [
        # Tomorrow's close.
        """
        def signals(self, bars):
            return np.where(np.append(bars.close[1:], 0) > bars.close, 1.0, 0.0)
        """,
        # The mean of the whole history.
        """
        def signals(self, bars):
            return np.where(bars.close > bars.close.mean(), 1.0, 0.0)
        """,
        # An average centred on its bar.
        """
        def on_start(self, ctx):
            close = ctx.bars.close
            self.middle = ctx.indicator(np.convolve(close, np.ones(3) / 3, "same"))

        def on_bar(self, ctx):
            ctx.order_target_percent(1.0 if ctx.price < self.middle[-1] else 0.0)
        """,
        # The last bar's price as a limit.
        """
        def on_start(self, ctx):
            self.end = float(ctx.bars.close[-1])

        def on_bar(self, ctx):
            if not ctx.position:
                ctx.buy(1, limit=self.end)
        """,
        # The best symbol of the whole history.
        """
        def portfolio(self, panel):
            weights = np.zeros(panel.close.shape)
            weights[:, np.nanargmax(panel.close[-1] / panel.close[0])] = 1.0
            weights[::20] = 0.0
            return weights
        """,
    ],
)
def test_look_ahead_is_found_however_it_is_done(tmp_path, body):
    problem = only_problem(tmp_path, body)
    assert problem.kind == "look_ahead"
    assert problem.bar is not None
    assert f"looks ahead on {problem.market}: " in problem.sentence
    assert "known it would" in problem.sentence


def test_an_error_is_told_with_its_line_and_bar(tmp_path):
    body = """
    def on_bar(self, ctx):
        if ctx.index == 7:
            self.deep(ctx)

    def deep(self, ctx):
        return 1 / (ctx.index - 7)
    """
    problem = only_problem(tmp_path, body)
    assert (problem.kind, problem.line) == ("raises", 12)
    assert "Mine.on_bar failed at bar 7: ZeroDivisionError" in problem.sentence
    signals = only_problem(tmp_path, "def signals(self, bars):\n    return bars.closes\n")
    assert (signals.kind, signals.line) == ("raises", 8)
    assert "AttributeError" in signals.sentence
    built = only_problem(tmp_path, "def check(self):\n    raise KeyError('x')\n")
    assert (built.kind, built.line) == ("raises", 8)


def test_decisions_of_a_wrong_shape_or_size_are_told(tmp_path):
    shape = only_problem(tmp_path, "def signals(self, bars):\n    return np.ones(5)\n")
    assert shape.kind == "contract"
    assert "returned weights of shape (5,)" in shape.sentence
    assert shape.line == 7
    nothing = only_problem(tmp_path, "def signals(self, bars):\n    np.ones(len(bars))\n")
    assert "signals returned nothing; end it with `return weights`" in nothing.sentence
    size = only_problem(tmp_path, "def signals(self, bars):\n    return np.full(len(bars), 3.0)\n")
    assert "weight 3 at bar 0" in size.sentence


def test_nan_is_told(tmp_path):
    silent = only_problem(tmp_path, "def signals(self, bars):\n    return np.full(len(bars), np.nan)\n")
    assert silent.kind == "nan"
    assert "it never trades: all its weights are NaN, which keeps the last target" in silent.sentence
    order = only_problem(tmp_path, "def on_bar(self, ctx):\n    ctx.buy(float('nan'))\n")
    assert "quantity = nan is not allowed" in order.sentence


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("def signals(self, bars):\n    return np.zeros(len(bars))\n", "no weight other than 0 is stated"),
        ("def signals(self, bars):\n    return ax.Signals(entries=bars.close < 0)\n", "no entry is true"),
        ("def signals(self, bars):\n    return ax.Rebalance(np.zeros(0, int), np.zeros(0))\n", "rebalances at no bar"),
        ("def on_bar(self, ctx):\n    pass\n", "on_bar sent no order"),
        ("def on_bar(self, ctx):\n    ctx.buy(1, limit=ctx.price / 1e6)\n", "none of the"),
    ],
)
def test_a_strategy_that_never_trades_is_told_why(tmp_path, body, why):
    problem = only_problem(tmp_path, body)
    assert problem.kind == "no_trades"
    assert why in problem.sentence


def test_a_warm_up_beyond_the_sample_is_told(tmp_path):
    body = "warmup = {}\n\ndef signals(self, bars):\n    return np.ones(len(bars))\n"
    problem = only_problem(tmp_path, body.format(10**12))
    assert problem.kind == "warmup"
    assert "leaves nothing of the sample to trade in, whose longest series is GSPC with 5,031 bars" in problem.sentence
    assert "warmup is 2.5; make it a property" in only_problem(tmp_path, body.format(2.5)).sentence
    _, early = check(tmp_path, body.format(100))
    assert early.notes == (
        "Mine sends its first order at bar 0, although its warmup of 100 bars says that the first decision is at "
        "bar 99.",
    )


def test_a_random_strategy_is_told_from_one_that_looks_ahead(tmp_path):
    body = "def signals(self, bars):\n    return np.where(np.random.default_rng().random(len(bars)) > 0.5, 1.0, 0.0)\n"
    problem = only_problem(tmp_path, body)
    assert problem.kind == "random"
    assert "gives another result each time on the same bars of made-up waves" in problem.sentence


def test_what_it_prints_stays_out_of_the_way(tmp_path, capsys):
    _, found = check(tmp_path, "def signals(self, bars):\n    print('here')\n    return np.ones(len(bars))\n")
    assert found.problems == ()
    assert capsys.readouterr().out == ""


def test_decisions_may_differ_in_the_last_bits(tmp_path):
    body = """
    def signals(self, bars):
        # As sums of another length round otherwise.
        scale = 1 + 1e-15 * (len(bars) % 7)
        return np.where(bars.close > bars.open, 0.5, 0.2) * scale
    """
    assert check(tmp_path, body)[1].problems == ()


def test_samples_are_at_hand():
    assert len(ax.sample_bars("AAPL")) == 3270
    with pytest.raises(ax.ArbitraxError, match=r"'APPL' is not bundled; did you mean 'AAPL'"):
        ax.sample_bars("APPL")
