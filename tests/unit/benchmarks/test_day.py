"""The day's generator keeps books of its own: the engine must make the same trades of it and refuse nothing."""

import shutil

import numpy as np
import pytest

from arbitrax.exchange.records import EVENT, Happening
from benchmarks.exchange import compiled, day

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="the generator is compiled with g++")


@pytest.fixture(autouse=True)
def small_day(monkeypatch, tmp_path):
    monkeypatch.setattr(compiled, "FOLDER", tmp_path)
    monkeypatch.setattr(day, "SYMBOLS", 40)
    monkeypatch.setattr(day, "OPEN", 3_000)
    monkeypatch.setattr(day, "BLOCK", 20_000)


def test_an_engine_makes_the_trades_of_the_generators_books():
    made = day.run_day(100_000, 0, 1)
    assert made.messages == 100_000
    assert made.agree
    assert made.refused == 0
    assert made.trades > 1_000
    assert 2_000 < made.open < 4_000


def test_two_shards_do_the_whole_day_between_them():
    made = [day.run_day(50_000, shard, 2) for shard in (0, 1)]
    assert sum(each.messages for each in made) in {49_999, 50_000}
    assert all(each.agree and each.refused == 0 for each in made)
    assert made[0].hash != made[1].hash


def test_the_hash_of_trades_depends_on_their_order_and_not_on_parts():
    events = np.zeros(3, EVENT)
    events["kind"] = Happening.FILLED
    events["maker"], events["order"], events["price"], events["quantity"] = [1, 2, 3], 4, 5, 6
    whole, count = day.fold_trades(events, 0)
    first, _ = day.fold_trades(events[:1], 0)
    rest, _ = day.fold_trades(events[1:], 1)
    assert count == 3
    assert (first + rest) % (1 << 64) == whole
    assert day.fold_trades(events[::-1], 0)[0] != whole
