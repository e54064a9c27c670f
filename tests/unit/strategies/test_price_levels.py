import numpy as np
import pytest

import arbitrax as ax
from arbitrax.strategies.price_levels import fixed_price_levels
from tests.market import daily


def found(body):
    before = "class Other(ax.Strategy):\n    level = close > 5\n\n"
    source = f"{before}class Mine(ax.Strategy):\n    def on_bar(self, ctx):\n        {body}\n"
    return fixed_price_levels(source, "Mine")


@pytest.mark.parametrize(
    "body",
    [
        "up = ctx.price > 150",
        "up = 99.5 <= bars.close",
        "if ctx.history.close[-1] < 20: pass",
        "ctx.buy(1, limit=120)",
        "ctx.buy(1, stop_loss=90.5, take_profit=target)",
    ],
)
def test_a_fixed_level_is_found(body):
    assert len(found(body)) == 1
    assert found(body)[0].startswith("line 6: ")


@pytest.mark.parametrize(
    "body",
    [
        "up = ctx.price > self.level",
        "up = bars.close > 0",
        "up = rsi < 30",
        "ctx.buy(1, limit=ctx.price * 0.99)",
        "ctx.buy(1, stop_loss=0.05, relative=True)",
        "return ax.Signals(entries=up, attached=ax.Exits(stop_loss=0.05))",
        "ctx.buy(100)",
        "above = bars.close / bars.open > 1.02",
    ],
)
def test_what_moves_with_prices_is_not(body):
    assert found(body) == []


class AboveTwenty(ax.Strategy):
    """Long above a price of 20."""

    def signals(self, bars):
        return np.where(bars.close > 20, 1.0, 0.0)


def test_adjusted_runs_say_so():
    bars = daily([30.0, 31, 32], adj_close=[15.0, 15.5, 16])
    notices = ax.backtest(AboveTwenty(), bars).notices
    (notice,) = [each for each in notices if "price level" in each]
    assert "bars.close > 20" in notice
    assert not any("price level" in each for each in ax.backtest(AboveTwenty(), bars, prices="raw").notices)
    assert not any("price level" in each for each in ax.backtest(AboveTwenty(), daily([30.0, 31, 32])).notices)
    assert not any("price level" in each for each in ax.backtest(ax.BuyAndHold(), bars).notices)
