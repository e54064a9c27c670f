"""Cascades, storms, numbers at their limits: equal on every implementation, and what is said is what is held."""

from itertools import pairwise

import numpy as np
import pytest

from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.records import MAX_TRIGGERS, Code, Flag, Happening, Kind, Side
from tests.exchange.comparison import compare
from tests.exchange.hard_markets import MARKETS, Cascades, ManySymbols, hard_commands
from tests.exchange.ledger import Ledger
from tests.exchange.venue import command


@pytest.mark.parametrize("name", MARKETS)
def test_hard_markets_give_equal_events_and_states(name):
    events, _ = compare(hard_commands(name, 1, 1_500))
    assert np.count_nonzero(events["kind"] == Happening.FILLED) > 10


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", MARKETS)
def test_hard_markets_for_long(name, seed):
    compare(hard_commands(name, 100 + seed, 10_000))


def triggered(events, offsets):
    """Return how many stops each command ran."""
    at = np.concatenate([[0], np.cumsum(events["kind"] == Happening.TRIGGERED)])
    return np.diff(at[offsets])


def test_stops_beyond_the_most_a_command_runs_run_before_the_next_one():
    market = Cascades(0)
    market.cascade(at_once=True)
    events, offsets = compare(np.array(market.rows, market.dtype))
    ran = triggered(events, offsets)
    first = ran.tolist().index(MAX_TRIGGERS)
    assert ran[first : first + 3].tolist() == [MAX_TRIGGERS, MAX_TRIGGERS, ran.sum() - 2 * MAX_TRIGGERS]
    assert Code.RUNNING in events["code"]
    assert ran.max() == MAX_TRIGGERS


def test_one_command_touches_fifty_symbols_with_stops_and_pegs():
    market = ManySymbols(2)
    while len(market.rows) < 2_500:
        market.submit()
    market.add(Kind.KILL, account=0)
    events, offsets = compare(np.array(market.rows, market.dtype))
    last = events[offsets[-2] :]
    assert len(np.unique(last["symbol"][last["kind"] == Happening.CANCELLED])) > 30
    assert len(np.unique(last["symbol"])) > 30


def play(name, seed, length, part):
    """Run a market on the compiled engine alone, its events taken in and checked part by part."""
    market = MARKETS[name](seed)
    while len(market.rows) < length:
        market.step()
    commands = np.array(market.rows, market.dtype)
    engine, ledger = MatchingCore(), Ledger(market.accounts, market.symbols)
    opened = len(market.symbols) + 2 * len(market.accounts)
    edges = [0, *range(opened, len(commands), part), len(commands)]
    for start, end in pairwise(edges):
        ledger.take(engine.run(commands[start:end])[0])
        ledger.check(engine)
    return market, engine, ledger


@pytest.mark.parametrize("name", MARKETS)
def test_what_is_said_adds_up_to_what_is_held(name):
    market, engine, ledger = play(name, 11, 5_000, 1_000)
    assert len(ledger.open) > 10
    empty(market, engine, ledger)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", MARKETS)
def test_what_is_said_adds_up_to_what_is_held_for_long(name, seed):
    empty(*play(name, 200 + seed, 30_000, 700))


def empty(market, engine, ledger):
    """End every order and forget every client id: no record may be left in use."""
    most = engine.kernel.memory()
    rows = [command(Kind.WINDOW, time=market.now + (1 << 41))]
    rows += [command(Kind.HALT, symbol=each) for each in market.symbols]
    rows += [
        command(Kind.CANCEL_ALL, account=each, side=Side.BOTH, flags=Flag.ALL_SYMBOLS) for each in {0, *market.accounts}
    ]
    # A submission forgets a few ids; these are refused, and leave their own.
    fields = {"symbol": next(iter(market.symbols)), "account": market.accounts[-1]}
    for each in range(most["client ids"][1] // 8 + 100):
        time = market.now + (1 << 41) + each
        rows.append(command(Kind.SUBMIT, time=time, client=b"%d" % each, **fields))
    for part in range(0, len(rows), 500):
        ledger.take(engine.run(np.concatenate(rows[part : part + 500]))[0])
    ledger.check(engine)
    assert not ledger.open
    left = engine.kernel.memory()
    assert {name: left[name][1] for name in ("orders", "extensions", "levels", "nodes")} == dict.fromkeys(
        ("orders", "extensions", "levels", "nodes"), 1
    )
    assert left["client ids"][1] < 20


def test_a_notional_of_more_than_64_bits_is_above_the_limit():
    rules = command(Kind.INSTRUMENT, symbol=1, tick_value=1 << 20, reference=1)
    rows = [rules, command(Kind.ACCOUNT, account=1, type=1), command(Kind.DEPOSIT, account=1, price=1 << 59)]
    for bits in (44, 64, 65, 83, 84):
        lots = min(bits - 20, 40)
        price = bits - 20 - lots
        rows += [
            command(Kind.SUBMIT, symbol=1, account=1, side=side, price=1 << price, quantity=1 << lots)
            for side in (Side.BUY, Side.SELL)
        ]
    events, offsets = compare(np.concatenate(rows))
    codes = [Code(each) for each in events["code"][offsets[3:-1]]]
    assert codes == [Code.OK] * 2 + [Code.NOTIONAL_LIMIT] * 8
