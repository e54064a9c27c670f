import numpy as np
import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.domain.errors import ParameterError, StrategyError
from arbitrax.domain.panel import Panel
from tests.market import daily, sample, weekdays


def series(symbol, close):
    bars = daily(close, symbol=symbol)
    return replace(bars, timestamp=weekdays(len(bars)))


def test_weights_come_back_at_the_first_session_of_each_month():
    # Bars from Monday 2000-01-03; February begins on bar 21, March on bar 42.
    rising = series("UP", np.linspace(100, 200, 60))
    still = series("STILL", np.full(60, 50.0))
    strategy = ax.CalendarRebalance(weights="UP=0.6, STILL=0.4")
    decided = strategy.portfolio(Panel.from_bars([rising, still]))
    assert decided.bars.tolist() == [0, 21, 42]
    assert decided.weights.tolist() == [[0.6, 0.4]] * 3
    result = ax.backtest(strategy, [rising, still], commission_bps=0)
    fills = result.fill_records
    assert fills["bar"].tolist() == [1, 1, 22, 22, 43, 43]
    drifted = fills[fills["bar"] == 22]
    assert drifted["quantity"][drifted["symbol"] == 0][0] < 0 < drifted["quantity"][drifted["symbol"] == 1][0]


def test_equal_weights_of_what_trades_leave_out_the_unlisted_and_the_delisted():
    close = np.full(70, 10.0)
    late, gone = close.copy(), close.copy()
    late[:30] = np.nan
    gone[25:] = np.nan
    panel = Panel.from_bars([series("A", close), series("LATE", late), series("GONE", gone)])
    decided = ax.CalendarRebalance(invested=0.9).portfolio(panel)
    np.testing.assert_array_equal(decided.bars, [0, 21, 42, 65])
    expected = [[0.45, np.nan, 0.45]] * 2 + [[0.45, 0.45, np.nan]] * 2
    np.testing.assert_allclose(decided.weights, expected)


def test_quarters_on_real_prices_hold_the_weights():
    names = ("AAPL", "IBM")
    result = ax.backtest(
        ax.CalendarRebalance(every="quarter", weights="AAPL=0.5,IBM=0.5"), [sample(each) for each in names],
        commission_bps=0,
    )  # fmt: skip
    days = result.bars.timestamp[np.unique(result.fill_records["bar"])[1:]]
    months = days.astype("datetime64[ns]").astype("datetime64[M]").astype(int) % 12
    assert set(months.tolist()) == {0, 3, 6, 9}
    assert len(days) > 40


def test_one_symbol_is_kept_at_its_share():
    decided = ax.CalendarRebalance(invested=0.5).signals(series("A", np.full(40, 10.0)))
    assert decided.bars.tolist() == [0, 21]
    assert decided.weights.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("text", ["AAPL", "AAPL=", "=0.5", "AAPL=half", "AAPL=nan", "AAPL=0.5,AAPL=0.5"])
def test_weights_that_cannot_be_read_are_refused(text):
    with pytest.raises(ParameterError, match="in weights is not understood; give each symbol once"):
        ax.CalendarRebalance(weights=text)


def test_weights_of_a_symbol_that_is_not_there_are_refused():
    with pytest.raises(
        StrategyError,
        match=r"weights names APPL, which is not among .*did you mean 'AAPL'",
    ):
        ax.backtest(ax.CalendarRebalance(weights="APPL=1"), [sample("AAPL"), sample("IBM")])
