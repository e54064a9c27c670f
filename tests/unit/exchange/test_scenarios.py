"""Every scenario of every rule on every implementation."""

import pytest

from arbitrax.exchange.records import HOUSE
from tests.exchange.implementations import IMPLEMENTATIONS
from tests.exchange.scenarios import SCENARIOS
from tests.exchange.venue import ACCOUNTS, views


@pytest.mark.parametrize("each", SCENARIOS, ids=lambda each: f"{each.rule}-{each.play.__name__}")
@pytest.mark.parametrize("name", IMPLEMENTATIONS)
def test_scenario(name, each):
    log = each.run(IMPLEMENTATIONS[name]())
    assert any(kind == "book" for kind, _ in log), "a scenario shows the book"


@pytest.mark.parametrize("each", SCENARIOS, ids=lambda each: f"{each.rule}-{each.play.__name__}")
def test_engines_show_the_same_after_a_scenario(each):
    engines = [make() for make in IMPLEMENTATIONS.values()]
    for engine in engines:
        each.run(engine)
    first, *others = (views(engine, (0, HOUSE, *ACCOUNTS.values()), range(-1, 60)) for engine in engines)
    assert all(other == first for other in others)


def test_every_rule_has_a_scenario():
    assert {each.rule for each in SCENARIOS} == set(range(1, 21))
