"""A dry run of a submission: what the engine says before is what it then does, and asking leaves no trace."""

import numpy as np
import pytest

from arbitrax.exchange import commands
from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.records import COMMAND, EVENT, Code, Happening, Kind
from tests.exchange.hard_markets import MARKETS, hard_commands
from tests.exchange.random_commands import random_commands


def streams():
    yield from ((f"random {seed}", lambda seed=seed: random_commands(seed, 4_000)) for seed in range(4))
    yield from ((name, lambda name=name: hard_commands(name, 1, 2_000)) for name in MARKETS)


STREAMS = dict(streams())


@pytest.mark.parametrize("name", STREAMS)
def test_the_first_check_that_fails_is_what_refuses(name):
    core, asked, refused = MatchingCore(), 0, set()
    for row in STREAMS[name]():
        if row["kind"] != Kind.SUBMIT or row["time"] < 0:
            core.run(row.reshape(1))
            continue
        packed, before = row.tobytes(), core.state_hash()
        verdict = core.judge(packed)
        assert core.state_hash() == before
        assert verdict is not None
        events = np.frombuffer(core.kernel.execute(packed), EVENT)
        mine = events[np.isin(events["kind"], (Happening.ACCEPTED, Happening.REFUSED, Happening.REPEATED))]
        if not len(mine):
            continue
        asked += 1
        first = mine[-1] if mine[0]["account"] != row["account"] else mine[0]
        if first["kind"] == Happening.REPEATED:
            assert verdict.repeats == first["order"]
            continue
        assert verdict.code == (first["code"] if first["kind"] == Happening.REFUSED else Code.OK), verdict
        refused.add(verdict.code)
        if first["kind"] == Happening.ACCEPTED and verdict.fills >= 0:
            fills = events[(events["kind"] == Happening.FILLED) & (events["order"] == first["order"])]
            assert fills["quantity"].sum() == verdict.fills
    assert asked > 300
    assert Code.OK in refused
    assert len(refused) > 2


def market():
    core = MatchingCore()
    rows = [
        commands.instrument(1, min_notional=50, max_quantity=100, reference=100, band=1000, margin=10_000),
        commands.open_account(1, "cash"),
        commands.deposit(1, 1_000),
        commands.limits(1, max_orders=1, max_notional=800, max_position=15, max_rate=2),
        commands.submit("buy", symbol=1, account=1, price=95, quantity=2),
    ]
    core.run(np.frombuffer(b"".join(rows), COMMAND))
    return core


def test_every_check_is_told_with_value_and_limit():
    core = market()
    verdict = core.judge(commands.submit("buy", symbol=1, account=1, price=120, quantity=14))
    found = {each.check.name: (each.code.name, each.value, each.limit) for each in verdict.findings}
    assert found == {
        "SYMBOL": ("OK", 1, 0),
        "ACCOUNT": ("OK", 1, 0),
        "MEMORY": ("OK", 0, 0),
        "FORM": ("OK", 0, 0),
        "PHASE": ("OK", 0, 0),
        "KILL_SWITCH": ("OK", 0, 0),
        "PRICE": ("OK", 120, 0),
        "PRICE_STEP": ("OK", 120, 1),
        "PRICE_BAND": ("PRICE_OUT_OF_BAND", 20, 10),
        "QUANTITY": ("OK", 14, 0),
        "MAX_QUANTITY": ("OK", 14, 100),
        "QUANTITY_STEP": ("OK", 14, 1),
        "MIN_NOTIONAL": ("OK", 1680, 50),
        "RATE": ("OK", 2, 2),
        "OPEN_ORDERS": ("ORDER_LIMIT", 2, 1),
        "MAX_NOTIONAL": ("NOTIONAL_LIMIT", 1680, 800),
        "MAX_POSITION": ("POSITION_LIMIT", 16, 15),
        "BUYING_POWER": ("NO_BUYING_POWER", 1680, 810),
    }
    assert verdict.code == Code.PRICE_OUT_OF_BAND


def test_asking_counts_in_no_limit_and_gives_out_no_number():
    core = market()
    before = core.state_hash()
    for _ in range(50):
        assert core.judge(commands.submit("buy", symbol=1, account=1, price=100, quantity=1)).code == Code.ORDER_LIMIT
    assert core.state_hash() == before
    assert core.judge(commands.submit("sell", symbol=1, account=1, price=100, quantity=1)).findings[-2].value == 1


def test_what_is_said_is_of_the_moment_it_is_asked_for():
    core = market()
    late = commands.submit("buy", symbol=1, account=1, price=100, quantity=1, time_in_force="gtd", expire=5_000)
    rows = np.frombuffer(late, COMMAND).copy()
    for time, code in ((4_000, Code.ORDER_LIMIT), (5_000, Code.EXPIRED)):
        rows["time"] = time
        assert core.judge(rows.tobytes()).code == code
    assert core.judge(late).time == 0


def test_a_submission_that_was_sent_is_told_as_such():
    core = market()
    sent = commands.submit("sell", symbol=1, account=1, price=100, quantity=1, client_id="mine")
    core.run(np.frombuffer(sent, COMMAND))
    assert core.judge(sent).repeats == 2
    other = commands.submit("sell", symbol=1, account=1, price=101, quantity=1, client_id="mine")
    assert core.judge(other).code == Code.CLIENT_ID_USED
