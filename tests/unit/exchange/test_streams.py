"""Long random streams, any bytes, and the bench stream, on every implementation."""

import json
import os
from pathlib import Path
from random import Random

import numpy as np
import pytest

from arbitrax.exchange.records import COMMAND, EVENT, INSTRUMENT_RULES, Code, Flag, Happening, Kind, Type
from tests.exchange.comparison import compare
from tests.exchange.implementations import IMPLEMENTATIONS
from tests.exchange.random_commands import common_commands, opening, random_bytes, random_commands


def test_random_commands_reach_every_kind_of_event_and_nearly_every_code():
    events, _ = compare(random_commands(1, 50_000))
    assert set(events["kind"].tolist()) == {int(each) for each in Happening}
    missing = {each.name for each in Code} - {Code(each).name for each in np.unique(events["code"])}
    assert missing == {
        "UNKNOWN_KIND", "UNKNOWN_SYMBOL", "UNKNOWN_ACCOUNT", "NO_ROOM", "PRICE_NOT_POSITIVE", "RUNNING",
    }  # fmt: skip


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_the_short_way_of_common_commands_ends_where_the_long_one_does(seed):
    events, _ = compare(common_commands(seed, 6_000))
    assert set(events["kind"].tolist()) >= {
        Happening.ACCEPTED, Happening.FILLED, Happening.CANCELLED, Happening.AMENDED, Happening.REFUSED,
        Happening.REFILLED, Happening.DECREMENTED, Happening.CASH,
    }  # fmt: skip
    assert set(events["code"].tolist()) >= {
        Code.WOULD_TRADE, Code.NOT_ALL_AT_ONCE, Code.SELF_TRADE, Code.NO_BUYING_POWER, Code.NO_SHORTING,
        Code.POSITION_LIMIT, Code.ORDER_LIMIT, Code.NOTIONAL_LIMIT, Code.RATE_LIMIT, Code.KILLED,
    }  # fmt: skip


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(20))
def test_a_million_random_commands(seed):
    compare(random_commands(100 + seed, 50_000))


@pytest.mark.parametrize("seed", range(3))
def test_any_bytes_are_refused_or_executed(seed):
    events, _ = compare(np.concatenate([*opening(), random_bytes(seed, 4_000)]))
    assert Code.BAD_FIELD in events["code"]
    assert Happening.ACCEPTED in events["kind"]


def test_one_command_at_a_time_gives_what_a_batch_gives():
    commands = random_commands(7, 3_000)
    for make in IMPLEMENTATIONS.values():
        batch, single = make(), make()
        events, offsets = batch.run(commands)
        parts = [single.run(commands[at : at + 1])[0] for at in range(len(commands))]
        assert np.concatenate(parts).tobytes() == events.tobytes()
        assert np.diff(offsets).tolist() == [len(each) for each in parts]
        assert batch.state_hash() == single.state_hash()


def bench_commands(rows):
    """Return commands for lines of the bench stream: op, id, side, price, quantity."""
    commands = np.zeros(len(rows) + 1, COMMAND)
    opened = commands[:1].view(INSTRUMENT_RULES)
    opened["kind"], opened["symbol"], opened["tick_value"], opened["flags"] = Kind.INSTRUMENT, 1, 1, 1
    orders, op = commands[1:], rows[:, 0]
    orders["symbol"], orders["side"], orders["quantity"] = 1, rows[:, 2], rows[:, 4]
    orders["kind"] = np.select([op <= 1, op == 2], [Kind.SUBMIT, Kind.CANCEL], Kind.AMEND)
    orders["order"] = np.where(op >= 2, rows[:, 1], 0)
    orders["type"] = np.where(op == 1, Type.MARKET, Type.LIMIT)
    orders["price"] = np.where((op == 0) | (op == 4), rows[:, 3], 0)
    orders["flags"] = np.select([op == 3, op == 4], [Flag.BASIS_OPEN, Flag.BASIS_OPEN | Flag.REQUEUE], 0)
    return commands


def trade_hash(events):
    """Return the bench's hash of maker, taker, price and quantity of each fill."""
    word = 0xCBF29CE484222325
    fills = events[events["kind"] == Happening.FILLED]
    for row in fills[["maker", "order", "price", "quantity"]].tolist():
        for value in row:
            word = ((word ^ value) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{word:016x}"


def small_stream(length):
    """Return a stream of the bench's operations; some name orders that are filled by then."""
    random = Random(3)  # noqa: S311 - not secret
    rows, live, number = [], [], 0
    for _ in range(length):
        op = random.choice([0, 0, 0, 1, 2, 3, 4]) if len(live) > 60 else 0
        side = random.randint(0, 1)
        price = 10_000 + random.randint(-2, 12) * (1 if side else -1)
        if op <= 1:
            number += 1
            rows.append((op, number, side, 0 if op else price, random.randint(1, 90)))
            live += [] if op else [number]
        else:
            order = live[random.randrange(len(live))]
            if op == 2:
                live.remove(order)
            rows.append((op, order, side, price, random.randint(1, 90)))
    return np.array(rows, np.int64)


@pytest.mark.parametrize("name", IMPLEMENTATIONS)
def test_a_small_stream_gives_the_pinned_trades_and_state(name):
    engine = IMPLEMENTATIONS[name]()
    events, _ = engine.run(bench_commands(small_stream(4_000)))
    assert events.dtype == EVENT
    assert (trade_hash(events), f"{engine.state_hash():016x}") == PINNED


PINNED = ("05d9901d1d93f4b8", "4bca4fea5a43d26d")
"""The trades are those of the bench's own plain book on the same stream, which knows nothing of this engine."""


@pytest.mark.corpus
@pytest.mark.parametrize("name", IMPLEMENTATIONS)
def test_the_bench_stream_gives_its_expected_trades(name):
    """ARBITRAX_CORPUS holds bench/w1k_50k.csv and .json, written by the bench's gen.py --n 50000 --resting 1000."""
    stream = Path(os.environ.get("ARBITRAX_CORPUS", "")) / "bench" / "w1k_50k.csv"
    if not stream.is_file():
        pytest.skip("ARBITRAX_CORPUS has no bench/w1k_50k.csv")
    expected = json.loads(stream.with_suffix(".csv.json").read_text())
    engine = IMPLEMENTATIONS[name]()
    events, _ = engine.run(bench_commands(np.loadtxt(stream, np.int64, delimiter=",")))
    assert trade_hash(events) == expected["trade_hash"]
    assert len(engine.queue(1, 0)) + len(engine.queue(1, 1)) == expected["resting"]
