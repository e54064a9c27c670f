import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.domain.errors import InputError, StrategyError
from arbitrax.portfolio.ranking import rank_top
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


def test_results_on_synthetic_prices_say_so():
    made = replace(daily([10, 11, 12]), symbol="SYN-A")
    assert "The prices of SYN-A are synthetic; the result says nothing about any market." in told(made)
    both = [made, daily([10, 11, 12])]
    assert any(each.startswith("The prices of SYN-A are synthetic") for each in told(both))
    assert not any("synthetic" in each for each in told(daily([10, 11, 12])))


def test_split_symbols_at_raw_prices_are_one_sentence():
    apple = sample("AAPL")
    assert any("AAPL was split (as on 2000-06-21, 2005-02-28)" in notice for notice in told(apple, prices="raw"))
    notices = told([apple, replace(apple, symbol="COPY")], prices="raw")
    assert "Prices are raw and AAPL and COPY were split; their falls there are no losses." in notices


def action(bars, kind, **fields):
    return ax.CorporateAction(symbol=bars.symbol, kind=kind, ex_date=int(bars.timestamp[1]), **fields)


def test_spin_offs_are_said_not_to_be_booked():
    bars = daily([10, 11, 12])
    notices = told(bars, prices="raw", actions=[action(bars, "spin_off", ratio=0.5)])
    assert notices[0].startswith("Spin-offs of TEST are not booked")
    assert not any("were applied" in notice for notice in notices)


def test_dividends_name_their_currency_and_two_are_warned_of():
    bars = daily([10, 11, 12])
    yen = action(bars, "dividend", amount=0.1, currency="JPY")
    assert told(bars, prices="raw", actions=[yen])[0].startswith("Prices are raw; 1 JPY dividend in the range")
    other = replace(yen, currency="USD", ex_date=int(bars.timestamp[2]))
    assert any("are in JPY and USD" in notice for notice in told(bars, prices="raw", actions=[yen, other]))


def test_bars_with_a_close_outside_low_to_high_are_kept_and_said():
    bars = daily([10, 11, 12])
    bars.close[1] = bars.high[1] * 1.5
    assert any("1 bar with an open or close outside low to high" in notice for notice in told(bars))
    assert not any("outside low to high" in notice for notice in told(daily([10, 11, 12])))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"costs": {"per_share": 0.01}}, r"costs takes ax.Costs\(\.\.\.\), not dict"),
        ({"account": 2.0}, r"account takes ax.Account\(\.\.\.\), not float"),
        ({"instruments": {"TEST": {"lot": 1}}}, r"instruments\['TEST'\] takes ax.Instrument"),
        ({"instruments": 5}, "instruments takes a dict by symbol, not int"),
        ({"actions": ["x"]}, "actions takes a list of ax.CorporateAction or a CSV file, not 'x'"),
    ],
)
def test_options_of_another_type_are_refused_in_a_sentence(options, message):
    with pytest.raises(InputError, match=message):
        told(daily([10, 11, 12]), **options)


@pytest.mark.parametrize(
    ("rebalance", "message"),
    [
        (ax.Rebalance("ab", [1.0]), "rebalances at bars of type"),
        (ax.Rebalance([1.7], [1.0]), "rebalances at bars of type float64"),
        (ax.Rebalance([1], [1.0 + 2.0j]), "complex numbers are no weights"),
    ],
)
def test_rebalances_that_are_none_are_refused(rebalance, message):
    class Rotation(ax.Strategy):
        def signals(self, bars):
            return rebalance

    with pytest.raises(StrategyError, match=message):
        ax.backtest(Rotation(), daily([10, 11, 12]))


def test_half_a_symbol_cannot_be_chosen():
    with pytest.raises(InputError, match=r"1\.5 symbols cannot be chosen"):
        rank_top([[1.0, 2.0]], 1.5)
