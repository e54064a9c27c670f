"""The book of a client: the vectors that the TypeScript client is tested with too, and random ones."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.client.book import LocalBook
from arbitrax.exchange.feed.checksum import checksum, side_text

VECTORS = Path(__file__).parents[3] / "clients" / "book_vectors.json"
SCENARIOS: list[dict[str, Any]] = json.loads(VECTORS.read_text())
NOW = datetime(2026, 1, 2, tzinfo=UTC)
Levels = dict[int, int]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each["name"])
def test_vectors_of_both_clients(scenario: dict[str, Any]) -> None:
    book = LocalBook(scenario.get("depth"))
    for at, step in enumerate(scenario["steps"]):
        assert book.apply(step["type"], step["seq"], step["prev_seq"], step["data"]) == step["verdict"], at
        if step["verdict"] == "applied":
            view = book.view("X", NOW)
            assert view.seq == step["seq"]
            assert [list(map(list, side)) for side in (view.bids, view.asks)] == [step["bids"], step["asks"]], at


def test_every_verdict_is_in_the_vectors() -> None:
    assert {step["verdict"] for each in SCENARIOS for step in each["steps"]} == {"applied", "known", "gap", "wrong"}


def price(ticks: int) -> str:
    sign = "-" if ticks < 0 else ""
    return f"{sign}{abs(ticks) // 100}.{abs(ticks) % 100:02}"


def written(levels: Levels, best: int) -> list[list[str]]:
    return [[price(ticks), str(levels[ticks])] for ticks in sorted(levels, key=lambda each: best * each)]


def crc(bids: Levels, asks: Levels) -> int:
    sides = [[(one, other) for one, other in written(each, best)][:10] for each, best in ((bids, -1), (asks, 1))]
    return checksum(*(side_text(each) for each in sides))


CHANGES = st.lists(st.tuples(st.integers(0, 1), st.integers(-500, 2000), st.integers(0, 9)), min_size=1, max_size=8)


@given(st.lists(CHANGES, max_size=30))
def test_any_changes_make_the_book_that_a_dictionary_is(rounds: list[list[tuple[int, int, int]]]) -> None:
    sides: tuple[Levels, Levels] = ({}, {})
    book = LocalBook()
    empty: dict[str, Any] = {"epoch": 1, "bids": [], "asks": [], "crc": crc({}, {})}
    assert book.apply("snapshot", 0, None, empty) == "applied"
    for seq, changes in enumerate(rounds, 1):
        sent: list[list[list[str]]] = [[], []]
        for side, ticks, quantity in changes:
            sent[side].append([price(ticks), str(quantity)])
            if quantity:
                sides[side][ticks] = quantity
            else:
                sides[side].pop(ticks, None)
        data = {"epoch": 1, "bids": sent[0], "asks": sent[1], "crc": crc(*sides)}
        assert book.apply("delta", seq, seq - 1, data) == "applied"
        view = book.view("X", NOW)
        assert [list(each) for each in view.bids] == written(sides[0], -1)
        assert [list(each) for each in view.asks] == written(sides[1], 1)
        assert view.bid == (view.bids[0] if view.bids else None)
        assert view.ask == (view.asks[0] if view.asks else None)
