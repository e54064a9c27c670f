"""Every code of the kernel has one stable name outside."""

from arbitrax.exchange.records import Code
from arbitrax.trading.refusals import REFUSALS, RISK_EXIT

CASH = {Code.OK, Code.UNCROSSED, Code.FEE, Code.DEPOSITED, Code.WITHDRAWN}
"""They say what happened and refuse nothing."""


def test_every_code_that_refuses_or_ends_has_a_name():
    assert set(REFUSALS) == set(Code) - CASH


def test_names_and_sentences_are_told_apart():
    # Somebody else's order is as if it were not there.
    assert REFUSALS[Code.NOT_OWNER] == REFUSALS[Code.UNKNOWN_ORDER]
    names = [each.code for code, each in REFUSALS.items() if code != Code.NOT_OWNER]
    assert len(set(names)) == len(names)
    assert all(each.sentence.endswith(".") for each in REFUSALS.values())


def test_risk_has_an_exit_code_of_its_own():
    of_risk = {code for code, each in REFUSALS.items() if each.exit_code == RISK_EXIT}
    assert of_risk == {each for each in Code if 500 <= each < 600}
