"""Every scenario of every rule on every implementation."""

import pytest

from tests.exchange.implementations import IMPLEMENTATIONS
from tests.exchange.scenarios import SCENARIOS


@pytest.mark.parametrize("each", SCENARIOS, ids=lambda each: f"{each.rule}-{each.play.__name__}")
@pytest.mark.parametrize("name", IMPLEMENTATIONS)
def test_scenario(name, each):
    log = each.run(IMPLEMENTATIONS[name]())
    assert any(kind == "book" for kind, _ in log), "a scenario shows the book"


def test_every_rule_has_a_scenario():
    assert {each.rule for each in SCENARIOS} == set(range(1, 21))
