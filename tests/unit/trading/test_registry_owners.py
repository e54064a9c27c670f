"""Accounts of several users in one registry."""

import pytest

from arbitrax.domain.errors import UnknownNameError
from arbitrax.domain.ids import new_uuid
from arbitrax.trading.registry import Account, Registry

OWNER = new_uuid(1)


def account(number, name, owner=None):
    return Account(new_uuid(number * 1_000_000), name, 0, number, "USD", "0.01", "cash", owner)


def test_a_name_that_several_have_is_the_operators_and_ids_tell_all_apart():
    users, operators = account(1, "demo", OWNER), account(2, "demo")
    registry = Registry([], [users, operators])
    assert registry.account("demo") == operators
    assert registry.account(users.text) == users
    assert registry.account(operators.text) == operators


def test_a_name_like_anothers_id_does_not_take_its_place():
    victim = account(1, "demo")
    thief = account(2, victim.text, OWNER)
    assert Registry([], [victim, thief]).account(victim.text) == victim


def test_a_refreshed_registry_forgets_what_is_gone():
    first, second = account(1, "first"), account(2, "second")
    registry = Registry([], [first])
    registry.refresh([], [second])
    assert registry.account("second") == second
    with pytest.raises(UnknownNameError):
        registry.account("first")
