from msgspec.structs import replace

import arbitrax as ax
from tests.market import daily, sample


def told(series, **options):
    return ax.backtest(ax.BuyAndHold(), series, **options).notices


def test_symbols_without_adjusted_close_are_one_sentence():
    text = "so prices are used as given; splits may look like crashes."
    one = daily([10, 11, 12])
    assert f"TEST has no adjusted close, {text}" in told(one)
    many = [replace(one, symbol=f"S{number}") for number in range(12)]
    assert f"S0, S1, S2 and 9 more have no adjusted close, {text}" in told(many)
    assert sum("adjusted close" in notice for notice in told(many)) == 1


def test_split_symbols_at_raw_prices_are_one_sentence():
    apple = sample("AAPL")
    assert any("AAPL was split (as on 2000-06-21, 2005-02-28)" in notice for notice in told(apple, prices="raw"))
    notices = told([apple, replace(apple, symbol="COPY")], prices="raw")
    assert "Prices are raw and AAPL and COPY were split; their falls there are no losses." in notices
