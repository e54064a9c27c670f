"""Bars made of a tape."""

import time
from typing import Any

import msgspec
import pytest

from arbitrax.api.websocket import bars
from arbitrax.api.websocket.bars import BarMaker, BarStream
from arbitrax.api.websocket.formats import JSON, MESSAGEPACK
from arbitrax.exchange.feed.messages import Channel, Trade, Trades
from arbitrax.exchange.feed.subscription import Subscription

MINUTE = 60_000
LATER = 4_000_000_000_000 // MINUTE * MINUTE
"""A minute that the clock has not reached."""


def message(first: int, *trades: tuple[str, str, int], epoch: int = 1) -> Trades:
    tape = [Trade(first + at, price, quantity, "buy", ms) for at, (price, quantity, ms) in enumerate(trades)]
    return Trades("AAA", epoch, tape[-1].number, tape[-1].time, tape, first - 1)


def tape() -> Subscription:
    found = Subscription(lambda _: None, (Channel.TRADES, "AAA"), None)
    found.begin(())
    return found


def taken(stream: BarStream) -> list[dict[str, Any]]:
    return [msgspec.json.decode(each)["data"] for each in stream.take()]


def test_a_bar_is_the_trades_of_its_minute_and_who_comes_late_has_all_of_it() -> None:
    news = tape()
    earlier = [message(1, ("9.5", "1", LATER)), message(2, ("10.25", "2.5", LATER + 1))]
    maker = BarMaker("bars.1m", news, earlier, lambda: None)
    first = BarStream(maker, JSON, lambda _: None)
    (bar,) = taken(first)
    assert (bar["open"], bar["high"], bar["low"], bar["close"], bar["volume"], bar["trades"], bar["closed"]) == (
        "9.5", "10.25", "9.5", "10.25", "3.5", 2, False,
    )  # fmt: skip
    news.put(message(2, ("10.25", "2.5", LATER + 1), ("8", "1", LATER + 59_999)))  # the second trade again
    assert (
        taken(first)[0] | {"volume": "4.5", "low": "8", "close": "8", "trades": 3}
        == taken(BarStream(maker, JSON, lambda _: None))[0]
    )


def test_closed_bars_are_all_told_and_the_newest_as_it_is() -> None:
    news = tape()
    maker = BarMaker("bars.1m", news, (), lambda: None)
    stream, packed = BarStream(maker, JSON, lambda _: None), BarStream(maker, MESSAGEPACK, lambda _: None)
    assert taken(stream) == []
    packed.take()
    for at in range(4):
        news.put(message(2 * at + 1, ("9", "1", LATER + at * MINUTE), ("10", "1", LATER + at * MINUTE + 5)))
        if at == 0:
            taken(stream), packed.take()
    found = taken(stream)
    assert [(each["closed"], each["trades"]) for each in found] == [(True, 2)] * 3 + [(False, 2)]
    assert stream.seq == 8
    assert [msgspec.msgpack.decode(each)["data"] for each in packed.take()] == found


def test_a_bar_without_a_later_trade_is_closed_by_the_clock_and_told_again_if_one_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    news, clock = tape(), LATER
    monkeypatch.setattr(time, "time_ns", lambda: clock * 1_000_000)
    maker = BarMaker("bars.1s", news, [message(1, ("9", "1", LATER))], lambda: None)
    stream = BarStream(maker, JSON, lambda _: None)
    taken(stream)
    for clock, closed in ((LATER + 1_000, []), (LATER + 1_000 + bars.GRACE_MS, [True])):  # noqa: B007 - the clock's
        maker.tick()
        assert [each["closed"] for each in taken(stream)] == closed
    news.put(message(2, ("9.5", "1", LATER + 999)))
    assert [(each["trades"], each["closed"]) for each in taken(stream)] == [(2, True)]


def test_the_last_one_who_leaves_ends_it_and_epochs_begin_new_bars() -> None:
    ended = []
    news = tape()
    maker = BarMaker("bars.1m", news, [message(5, ("9", "1", LATER))], lambda: ended.append(1))
    one, other = BarStream(maker, JSON, lambda _: None), BarStream(maker, JSON, lambda _: None)
    taken(one)
    news.put(message(1, ("7", "1", LATER + 1), epoch=2))
    assert [(each["epoch"], each["close"]) for each in taken(one)] == [(1, "9"), (2, "7")]
    one.close()
    assert not ended
    other.close()
    assert ended == [1]
