"""What a subscription takes, and when it says that a message is missing."""

import asyncio
from typing import Any

import pytest

from arbitrax.client import subscription as module
from arbitrax.client.subscription import Subscription
from arbitrax.domain.errors import ArbitraxError

AT = "2026-01-02T15:04:05.000Z"


async def leave(_: object) -> None:
    pass


def made(channel: str, account: str | None = None) -> Any:
    return Subscription(None, leave, channel, "X", account=account)


def message(kind: str, seq: int, previous: int | None, **data: Any) -> dict[str, Any]:
    return {"type": kind, "seq": seq, "prev_seq": previous, "ts_event": AT, "data": data}


def trades(seq: int, previous: int, epoch: int = 1) -> dict[str, Any]:
    return message("event", seq, previous, epoch=epoch, trades=[[seq, "1", "2", "buy", 0]])


def waiting(one: Any) -> list[int]:
    return [each.seq for each in one._queue]


def test_the_tape_has_no_gap_and_goes_on_where_it_was() -> None:
    tape = made("trades")
    assert tape.take(trades(7, 6))
    assert tape.take(trades(9, 7))
    assert tape.take(trades(9, 7))  # twice
    assert not tape.take(trades(12, 10))
    tape.begin_anew()
    assert tape.seq == 9
    assert tape.take(trades(12, 9))
    assert tape.take(trades(1, 0, epoch=2))
    assert waiting(tape) == [7, 9, 12, 1]
    assert tape.is_behind(2)
    assert not tape.is_behind(1)


def test_an_account_begins_anew_with_how_it_is() -> None:
    orders = made("orders", "mine")
    assert orders.take(message("event", 5, 4, orders=[]))  # of before
    assert waiting(orders) == []
    assert orders.take(message("snapshot", 1, None, orders=[]))
    assert orders.take(message("event", 2, 1, orders=[]))
    assert not orders.take(message("event", 4, 3, orders=[]))
    orders.begin_anew()
    assert orders.take(message("event", 5, 4, orders=[]))
    assert orders.take(message("snapshot", 1, None, orders=[]))
    assert orders.take(message("resync_required", 1, None))
    assert orders.take(message("snapshot", 2, None, orders=[]))
    assert waiting(orders) == [1, 2, 1, 2]
    assert orders.resyncs == 1


def test_a_bar_is_closed_without_another_trade() -> None:
    bars = made("bars.1s")
    bar = {"start": AT, "open": "1", "high": "1", "low": "1", "close": "1", "volume": "2", "trades": 1, "epoch": 1}
    assert bars.take(message("snapshot", 3, None, closed=False, **bar))
    assert bars.take(message("event", 3, None, closed=True, **bar))
    assert bars.take(message("event", 2, None, closed=True, **bar))  # one of before
    found = [asyncio.run(bars._next()).data.closed for _ in range(2)]
    assert found == [False, True]
    assert waiting(bars) == []


def test_of_prices_the_newest_waits() -> None:
    prices = made("prices")
    for seq in (4, 6, 5):
        assert prices.take(message("snapshot", seq, None, epoch=1, bid=["1", "2"], ask=None))
    assert waiting(prices) == [6]
    assert asyncio.run(prices._next()).data.bid == ("1", "2")


def test_a_reader_that_never_reads_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EVENTS", 3)
    monkeypatch.setattr(module, "MOST_TRADES", 3)
    fills = made("fills", "mine")
    assert fills.take(message("snapshot", 1, None, fills=[]))
    for seq in range(2, 6):
        assert fills.take(message("event", seq, seq - 1, fills=[]))
    for _ in range(3):
        asyncio.run(fills._next())
    with pytest.raises(ArbitraxError, match="read faster"):
        asyncio.run(fills._next())
    tape = made("trades")
    for seq in range(1, 6):
        assert tape.take(trades(seq, seq - 1))
    assert waiting(tape) == [3, 4, 5]
