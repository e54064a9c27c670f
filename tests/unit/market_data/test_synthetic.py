"""Made-up prices: the same bytes everywhere, on real sessions, and always called synthetic."""

import asyncio
import hashlib

import numpy as np
import pytest

from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import DataError, InputError, ParameterError, UnknownSymbol
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.calendars import OUTSIDE, calendar
from arbitrax.market_data.checks import check_bars
from arbitrax.market_data.providers.provider import BarRequest
from arbitrax.market_data.providers.synthetic import SyntheticProvider
from arbitrax.market_data.synthetic import INTERVALS, SyntheticMarket

COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")


def made(interval="1d", start="2023-01-01", end="2024-01-01", symbol="SYN-A", actions=(), **market):
    bars = SyntheticMarket(**market).bars(symbol, interval, start_of_day(start), start_of_day(end), actions=actions)
    if len(bars):
        check_bars(Bars(bars.symbol, bars.interval, *(getattr(bars, name) for name in COLUMNS)))
    return bars


def digest(bars):
    columns = (getattr(bars, name) for name in COLUMNS)
    return hashlib.sha256(
        b"".join(column.astype(column.dtype.newbyteorder("<")).tobytes() for column in columns)
    ).hexdigest()


def same(one, other):
    return len(one) == len(other) and all((getattr(one, name) == getattr(other, name)).all() for name in COLUMNS)


def test_a_seed_gives_these_bytes_on_every_machine():
    assert digest(made(seed=7)) == "5456741694057ef2cd5847c91871f7272f87057703f5eed293af638bb0f23260"
    assert (
        digest(made("1m", "2024-11-27", "2024-12-01", seed=7))
        == "8c3eed026f5540a2bebc5f42e148b45cdf6368aea8d16106ba1586b64563c161"
    )
    coins = made("1h", "2024-02-27", "2024-03-02", "SYN-BTC-USD", exchange="24/7", volatility=0.6, gaps=0.1)
    assert digest(coins) == "b6f1c5e4be24fb96bc053281b32e2975a83f0a6edb83c8893cf993a3310fa6ef"


def test_seed_symbol_and_exchange_tell_series_apart():
    assert not same(made(seed=1), made(seed=2))
    assert not same(made(), made(symbol="SYN-B"))
    assert not same(made(), made(exchange="XLON"))


@pytest.mark.parametrize("interval", INTERVALS)
def test_a_range_is_the_same_whatever_is_asked_for_around_it(interval):
    whole = made(interval, "2024-03-01", "2024-03-20", gaps=0.2)
    parts = [made(interval, "2024-03-01", "2024-03-12", gaps=0.2), made(interval, "2024-03-12", "2024-03-20", gaps=0.2)]
    for name in COLUMNS:
        assert (np.concatenate([getattr(part, name) for part in parts]) == getattr(whole, name)).all()
    noon = start_of_day("2024-03-11") + 16 * HOUR + 30 * MINUTE
    cut = SyntheticMarket(gaps=0.2).bars("SYN-A", interval, noon, start_of_day("2024-03-20"))
    assert same(cut, whole.take(whole.timestamp >= noon))


def test_days_are_the_sessions_and_minutes_fill_them_half_days_too():
    exchange = calendar("XNYS")
    days = made(start="2024-11-25", end="2024-12-02")
    sessions = exchange.sessions(start_of_day("2024-11-25"), start_of_day("2024-12-02"))
    assert (days.timestamp == sessions.date).all()
    minutes = made("1m", "2024-11-25", "2024-12-02")
    assert len(minutes) == 4 * 390 - 180  # Thanksgiving closed, half a Friday
    assert (exchange.session_of(minutes.timestamp, "1m") != OUTSIDE).all()
    tokyo = made("1m", "2024-01-09", "2024-01-10", exchange="XTKS")
    assert len(tokyo) == 300
    assert np.diff(tokyo.timestamp).max() == 61 * MINUTE
    coins = made("1h", "2024-03-01", "2024-03-08", exchange="24/7")
    assert (coins.timestamp == start_of_day("2024-03-01") + np.arange(7 * 24) * HOUR).all()


def test_minutes_tell_the_same_as_their_day():
    days, minutes = made(start="2023-01-01", end="2023-07-01"), made("1m", "2023-01-01", "2023-07-01")
    session = minutes.timestamp // DAY * DAY
    first = np.flatnonzero(np.diff(session, prepend=0))
    last = np.append(first[1:], len(minutes)) - 1
    assert (minutes.open[first] == days.open).all()
    assert (minutes.close[last] == days.close).all()
    assert (np.add.reduceat(minutes.volume, first) == days.volume).all()
    assert (np.maximum.reduceat(minutes.high, first) <= days.high).all()
    assert (np.minimum.reduceat(minutes.low, first) >= days.low).all()
    assert (minutes.open[1:][session[1:] == session[:-1]] == minutes.close[:-1][session[1:] == session[:-1]]).all()


def test_more_is_traded_near_the_open_and_the_close_than_at_noon():
    minutes = made("1m", "2023-03-01", "2023-05-01")
    volume = minutes.volume.reshape(-1, 390).mean(axis=0)
    noon = volume[180:210].mean()
    assert volume[:15].mean() > 2 * noon
    assert volume[-15:].mean() > 2 * noon


def test_returns_have_the_volatility_and_growth_that_were_asked_for():
    for volatility, jumps in ((0.2, 0.0), (0.4, 0.0), (0.2, 12.0)):
        close = made(start="2000-01-01", end="2030-01-01", volatility=volatility, jumps=jumps, seed=3).close
        returns = np.diff(np.log(close))
        wanted = np.sqrt(volatility**2 + jumps * 0.05**2)
        assert np.std(returns) * np.sqrt(252) == pytest.approx(wanted, rel=0.06)
        kurtosis = np.mean((returns - returns.mean()) ** 4) / np.var(returns) ** 2
        assert kurtosis == pytest.approx(3, abs=0.4) if not jumps else kurtosis > 4
    still = made(start="2000-01-01", end="2010-01-01", volatility=0.0, jumps=0.0, drift=0.1)
    assert still.close[-1] / still.close[0] == pytest.approx(np.exp(0.1 * len(still) / 252), rel=0.01)


def test_gaps_leave_out_their_share_of_bars():
    whole, holes = made("1m", "2023-03-01", "2023-05-01"), made("1m", "2023-03-01", "2023-05-01", gaps=0.1)
    assert len(holes) / len(whole) == pytest.approx(0.9, abs=0.01)
    assert same(holes, whole.take(np.isin(whole.timestamp, holes.timestamp)))
    assert 0.8 < len(made(gaps=0.1)) / len(made()) < 1


def test_splits_and_dividends_show_in_the_prices_from_their_dates():
    ex_date = start_of_day("2023-06-12")
    split = CorporateAction(symbol="SYN-A", kind="split", ex_date=ex_date, ratio=4.0)
    dividend = CorporateAction(symbol="SYN-A", kind="dividend", ex_date=ex_date, amount=20.0, currency="USD")
    plain, after = made(), made(actions=[split, dividend])
    before = plain.timestamp < ex_date
    assert (plain.close[before] == after.close[before]).all()
    last = plain.close[before][-1]
    for name in ("open", "close"):
        fell = getattr(after, name)[~before] / getattr(plain, name)[~before]
        assert fell == pytest.approx((1 - 20 / last) / 4, rel=1e-3)
    assert after.volume[~before] == pytest.approx(4 * plain.volume[~before], abs=2)  # whole shares, before and after
    other = CorporateAction(symbol="SYN-B", kind="split", ex_date=ex_date, ratio=4.0)
    assert same(made(actions=[other]), plain)
    too_large = CorporateAction(symbol="SYN-A", kind="dividend", ex_date=ex_date, amount=5e4, currency="USD")
    with pytest.raises(DataError, match="is not below the price before it"):
        made(actions=[too_large])


def test_nothing_is_made_before_the_first_session_or_in_an_empty_range():
    assert len(made(start="1999-01-01", end="2000-01-01")) == 0
    assert len(made("1m", "1999-01-01", "2000-01-01")) == 0
    assert len(made("1h", "2024-03-02", "2024-03-04")) == 0  # a weekend
    assert len(made(start="2024-01-05", end="2024-01-05")) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": -1}, {"seed": 2**64}, {"volatility": -0.1}, {"volatility": float("nan")}, {"first_price": 0.0},
        {"gaps": 1.0}, {"drift": float("inf")}, {"jumps": -1.0}, {"jump_size": 0.6},
    ],
)  # fmt: skip
def test_a_market_that_cannot_be_is_refused(wrong):
    with pytest.raises(ParameterError, match="is not allowed; use a"):
        SyntheticMarket(**wrong)


def test_intervals_and_exchanges_nobody_knows_are_refused():
    with pytest.raises(InputError, match="no synthetic bars of 3m"):
        made("3m")
    with pytest.raises(InputError, match="not an exchange"):
        made(exchange="XNYC")


def request(symbol="SYN-A", interval="1d", start="2023-01-01", end="2024-01-01"):
    return BarRequest(symbol, interval, start_of_day(start), start_of_day(end))


def test_a_vendor_of_synthetic_prices_labels_them():
    provider = SyntheticProvider(seed=5)
    fetched = asyncio.run(provider.bars(request()))
    assert provider.name == fetched.candidate.source == "synthetic"
    assert same(fetched.candidate, made(seed=5))
    assert fetched.candidate.basis == "raw"
    assert "is synthetic" in fetched.notices[0]
    assert fetched.asset.exchange == "XNYS"
    coin = asyncio.run(provider.bars(request("SYN-BTC-USD", "1h", "2023-01-01", "2023-01-08")))
    assert coin.asset.asset_type == "crypto"
    assert len(coin.candidate) == 7 * 24
    assert [each.symbol for each in asyncio.run(provider.search("syn-a"))] == ["SYN-A"]
    assert asyncio.run(provider.search("AAPL")) == []
    asyncio.run(provider.close())


def test_its_windows_together_are_the_request_up_to_the_last_bar_that_has_ended():
    provider = SyntheticProvider()
    now = start_of_day("2023-06-15") + 15 * HOUR + 30 * MINUTE  # within Thursday's session
    windows = provider.windows(request(interval="1h"), now=now)
    assert [each.start for each in windows[1:]] == [each.end for each in windows[:-1]]
    got = [asyncio.run(provider.bars(window)).candidate for window in windows]
    assert sum(map(len, got)) == len(made("1h", "2023-01-01", "2023-06-15")) + 2
    assert got[-1].timestamp[-1] + HOUR == now
    days = provider.windows(request(), now=now)
    assert [len(asyncio.run(provider.bars(window)).candidate) for window in days] == [
        len(made(start="2023-01-01", end="2023-06-15"))
    ]
    assert provider.windows(request(start="2023-07-01"), now=now) == []


def test_its_actions_come_along_with_the_range():
    ex_date = start_of_day("2023-06-12")
    split = CorporateAction(symbol="SYN-A", kind="split", ex_date=ex_date, ratio=4.0)
    provider = SyntheticProvider(actions=[split])
    assert asyncio.run(provider.bars(request())).actions == (split,)
    assert asyncio.run(provider.bars(request(end="2023-06-12"))).actions == ()
    assert asyncio.run(provider.bars(request("SYN-B"))).actions == ()
    assert same(asyncio.run(provider.bars(request())).candidate, made(actions=[split]))


@pytest.mark.parametrize("symbol", ["AAPL", "SYN", "SYN-", "syn-a", "SYN-A B", ""])
def test_real_symbols_never_get_made_up_prices(symbol):
    provider = SyntheticProvider()
    with pytest.raises(UnknownSymbol, match=r"begin with SYN-.*; ask for SYN-\S+\."):
        asyncio.run(provider.bars(request(symbol)))
    with pytest.raises(UnknownSymbol):
        asyncio.run(provider.actions(symbol, 0, 1))


def test_a_request_that_cannot_be_met_is_refused():
    provider, now = SyntheticProvider(), start_of_day("2024-01-01")
    with pytest.raises(InputError, match="no 3m bars"):
        provider.windows(request(interval="3m"), now=now)
    with pytest.raises(InputError, match="begins on 2000-01-01 and has nothing from 1999-12-31"):
        provider.windows(request(start="1999-12-31"), now=now)
