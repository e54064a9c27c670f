import re
from pathlib import Path

import numpy as np
import pytest

import arbitrax.kernels.exchange
from arbitrax.exchange import records
from arbitrax.exchange.records import (
    COMMAND,
    EVENT,
    INSTRUMENT_RULES,
    Code,
    Flag,
    Happening,
    Kind,
    SelfTrade,
    Side,
    Type,
)
from arbitrax.exchange.records import TimeInForce as Tif
from arbitrax.exchange.reference import MatchingEngine
from arbitrax.kernels.exchange.matching_engine import MatchingEngine as CompiledEngine
from benchmarks.exchange.stream import as_commands, fold, generate, trade_hash

DECLARATIONS = Path(arbitrax.kernels.exchange.__file__).with_name("records.pxd").read_text()


def run(book, commands):
    """Return copies of the events and offsets of a batch."""
    offsets = np.empty(len(commands) + 1, np.int64)
    count = book.run(commands, offsets)
    events = np.frombuffer(book.events(), EVENT).copy()
    assert len(events) == count == offsets[-1]
    return events, offsets


def openings(symbols):
    """Return commands that open symbols whose accounts are names only."""
    rules = np.zeros(symbols, INSTRUMENT_RULES)
    rules["kind"], rules["symbol"] = Kind.INSTRUMENT, np.arange(symbols)
    rules["tick_value"], rules["flags"] = 1, records.InstrumentFlag.NO_ACCOUNTS
    return rules.view(COMMAND)


def opened(symbols=1):
    """Return a compiled engine with such symbols."""
    book = CompiledEngine()
    run(book, openings(symbols))
    return book


def reference_with(symbols):
    engine = MatchingEngine()
    engine.run(openings(symbols))
    return engine


def random_commands(rng, count, *, symbols, ids, known, spread, middle):
    """Return commands of every kind the kernel knows, many of them about orders that are open, some of them wrong."""
    commands = np.zeros(count, COMMAND)
    kinds = [Kind.SUBMIT, Kind.CANCEL, Kind.AMEND, Kind.CANCEL_ALL, 99]
    commands["kind"] = rng.choice(kinds, count, p=[0.6, 0.2, 0.18, 0.015, 0.005])
    commands["symbol"] = rng.integers(0, symbols + 1, count)
    commands["symbol"][rng.random(count) < 0.9] = 0
    commands["account"] = rng.integers(0, 5, count)
    commands["side"] = rng.integers(0, 2, count)
    steps = rng.choice(spread, count) * rng.integers(-8, 9, count)
    commands["price"] = np.maximum(middle + steps, -1)
    commands["quantity"] = rng.integers(1, 30, count)
    commands["type"] = rng.choice([Type.LIMIT, Type.MARKET], count, p=[0.93, 0.07])
    commands["time_in_force"] = rng.choice([Tif.GTC, Tif.DAY, Tif.IOC, Tif.FOK], count, p=[0.7, 0.1, 0.1, 0.1])
    commands["self_trade"] = rng.integers(0, 4, count)
    post = rng.random(count) < 0.15
    flags = np.where(rng.random(count) < 0.5, Flag.POST_ONLY, Flag.POST_ONLY | Flag.SLIDE)
    commands["flags"][post] = flags[post]
    commands["time_in_force"][post] = Tif.GTC
    commands["type"][post] = Type.LIMIT
    others = commands["kind"] != Kind.SUBMIT
    commands["flags"][others] = 0
    named = np.isin(commands["kind"], (Kind.CANCEL, Kind.AMEND))
    recent = np.maximum(ids + rng.integers(-60, 4, count) + np.arange(count) * 6 // 10, 0)
    orders, accounts = (np.array(each) for each in zip(*known, (0, 0), strict=True))
    chosen = rng.integers(0, len(orders), count)
    old = named & (rng.random(count) < 0.6)
    commands["order"][named] = recent[named]
    commands["order"][old] = orders[chosen][old]
    owners = old & (rng.random(count) < 0.9)
    commands["account"][owners] = accounts[chosen][owners]
    amends = commands["kind"] == Kind.AMEND
    choice = rng.choice([0, Flag.BASIS_OPEN, Flag.REQUEUE, Flag.BASIS_OPEN | Flag.REQUEUE], count)
    commands["flags"][amends] = choice[amends]
    commands["price"][amends & (rng.random(count) < 0.4)] = 0
    everywhere = commands["kind"] == Kind.CANCEL_ALL
    commands["side"][everywhere] = rng.integers(0, 3, everywhere.sum())
    commands["flags"][everywhere] = rng.choice([0, Flag.ALL_SYMBOLS], everywhere.sum())
    wrong = rng.random(count) < 0.03
    field = rng.choice(["price", "quantity", "side", "type", "time_in_force", "self_trade", "flags", "account"], count)
    for name in np.unique(field[wrong]):
        extremes = {
            "price": [-1, 0, (1 << 44) + 1, 1 << 62, -(1 << 63)],
            "quantity": [-1, 0, 1 << 40, (1 << 40) + 1, (1 << 63) - 1],
            "account": [records.HOUSE, 1 << 31],
            "flags": [255, 4, 8],
        }
        chosen = wrong & (field == name)
        # Types and times in force the kernel does not know yet are left out.
        commands[name][chosen] = rng.choice(extremes.get(name, [7, 255]), chosen.sum())
    return commands


SPREADS = {
    "dense": [1],
    "sparse": [1, 64, 4_096],
    "far": [1, 100, 10**9],
    "tiny ticks": [10**8, 10**5, 7],
}


@pytest.mark.parametrize("name", SPREADS)
@pytest.mark.parametrize("seed", range(3))
def test_random_commands_do_what_the_reference_does(name, seed):
    rng = np.random.default_rng([seed, len(name)])
    book, reference = opened(2), reference_with(2)
    middle = 10**13 if name in ("far", "tiny ticks") else 1_000_000
    ids = 0
    seen = set()
    for _ in range(12):
        state = reference.state
        known = [(each.id, each.account) for each in state.in_order(0)]
        commands = random_commands(rng, 250, symbols=2, ids=ids, known=known, spread=SPREADS[name], middle=middle)
        events, offsets = run(book, commands)
        expected, places = reference.run(commands)
        ids += int((commands["kind"] == Kind.SUBMIT).sum())
        if not np.array_equal(events, expected):
            pairs = [(events[offsets[i] : offsets[i + 1]], expected[places[i] : places[i + 1]]) for i in range(250)]
            at = next(i for i, (ours, theirs) in enumerate(pairs) if not np.array_equal(ours, theirs))
            raise AssertionError(f"command {at}: {commands[at]}\nkernel    {pairs[at][0]}\nreference {pairs[at][1]}")
        np.testing.assert_array_equal(offsets, places)
        for symbol in (0, 1):
            for side in (Side.BUY, Side.SELL):
                assert book.queue(symbol, side) == [tuple(each) for each in reference.queue(symbol, side)]
                assert book.depth(symbol, side, 5) == [tuple(each) for each in reference.depth(symbol, side, 5)]
        seen |= set(zip(expected["kind"].tolist(), expected["code"].tolist(), strict=True))
    assert {kind for kind, _ in seen} >= {Happening.FILLED, Happening.AMENDED, Happening.DECREMENTED, Happening.REFUSED}
    assert len(seen) >= 16


def test_the_bench_stream_gives_the_known_trades_and_book():
    book = opened()
    events, _ = run(book, as_commands(generate(1_000, 50_000)))
    assert trade_hash(events) == "a23e567ffc9c9f8a"
    rows = [(order, side, price, lots) for side in (0, 1) for price, order, _, lots in book.queue(0, side)]
    assert fold(sorted(rows)) == "fb28d41fe28bf944"
    assert [book.depth(0, side, 1)[0][0] for side in (0, 1)] == [100_038, 100_040]


def test_numbers_are_those_of_the_records():
    found = {name: int(number) for name, number in re.findall(r"^    ([A-Z_]+) = (\d+)$", DECLARATIONS, re.MULTILINE)}
    enums = ("Kind", "Side", "Type", "TimeInForce", "SelfTrade", "Flag", "Happening", "Code")
    expected = {each.name: each.value for name in enums for each in getattr(records, name)}
    expected |= {f"CHECK_{each.name}": each.value for each in records.Check}
    expected["DEFAULT_COLLAR"] = records.DEFAULT_COLLAR
    expected |= {name: getattr(records, name) for name in ("MAX_SYMBOLS", "MAX_PARTS", "MAX_TRIGGERS", "FEES")}
    expected |= {name: getattr(records, name) for name in ("WINDOW_TIME", "WINDOW_ORDERS", "FORGOTTEN_AT_ONCE")}
    # One enum's names would hide another's in C.
    renamed = {
        "DEFAULT_MARGIN": 10_000, "CASH_ACCOUNT": records.AccountKind.CASH,
        "MARGIN_ACCOUNT": records.AccountKind.MARGIN,
        "NO_ACCOUNTS": records.InstrumentFlag.NO_ACCOUNTS, "CONTINUOUS": records.Phase.CONTINUOUS,
        "IN_AUCTION_PHASE": records.Phase.AUCTION, "HALTED_PHASE": records.Phase.HALTED,
        "CLOSED_PHASE": records.Phase.CLOSED, "REPEATED_BEFORE": Code.REPEATED, "CLOSED": Code.CLOSED,
        "HALTED": Code.HALTED, "REPEATED": Happening.REPEATED,
    }  # fmt: skip
    expected |= renamed
    assert len(found) > 130
    assert found == {name: int(expected[name]) for name in found}
    assert f"(1LL << {records.MAX_PRICE.bit_length() - 1})" in DECLARATIONS
    assert f"(1LL << {records.MAX_QUANTITY.bit_length() - 1})" in DECLARATIONS
    for name in ("TICK_VALUE", "NOTIONAL", "TIME", "DELAY"):
        bits = getattr(records, f"MAX_{name}").bit_length() - 1
        assert f"ARBITRAX_MAX_{name} (1LL << {bits})" in DECLARATIONS


def test_single_calls_say_what_a_batch_says():
    book = opened()
    assert book.submit(Side.SELL, 101, 5, 1) == 1
    assert book.submit(Side.BUY, 101, 7, 2) == 2
    fill = np.frombuffer(book.events(), EVENT)[1]
    assert (fill["kind"], fill["maker"], fill["price"], fill["quantity"], fill["open"]) == (
        Happening.FILLED,
        1,
        101,
        5,
        2,
    )
    assert book.amend(2, 0, 9, 2) == 2
    assert book.queue(0, Side.BUY) == [(101, 2, 4, 4)]
    assert book.cancel(2, 1) == -Code.NOT_OWNER
    assert book.cancel(2, 2) == 2
    assert book.cancel(2, 2) == -Code.NOTHING_OPEN
    assert book.cancel(3, 2) == -Code.UNKNOWN_ORDER


def test_cancel_oldest_lets_the_taker_pass_its_own_order():
    book = opened()
    book.submit(Side.SELL, 100, 5, 1)
    book.submit(Side.SELL, 101, 5, 2)
    book.submit(Side.BUY, 101, 5, 1, self_trade=SelfTrade.CANCEL_OLDEST)
    events = np.frombuffer(book.events(), EVENT)
    assert events["kind"].tolist() == [Happening.ACCEPTED, Happening.CANCELLED, Happening.FILLED]
    assert events["price"].tolist()[1:] == [100, 101]


def test_the_best_price_is_found_over_any_gap():
    book = opened()
    prices = [1, 2, 63, 64, 65, 4_095, 4_096, 20_000_000, 1 << 40, (1 << 44) - 1, 1 << 44]
    for price in prices:
        book.submit(Side.BUY, price, 1, 1)
    assert [price for price, _, _ in book.depth(0, Side.BUY, 99)] == prices[::-1]
    for number in range(len(prices), 0, -1):
        assert book.depth(0, Side.BUY, 1)[0][0] == prices[number - 1]
        book.cancel(number, 1)
    assert book.depth(0, Side.BUY, 1) == []
    assert book.memory()["nodes"][1] == book.memory()["levels"][1] == 1  # record 0, which is never used


def test_memory_follows_open_orders_not_all_orders():
    book = opened()
    for _ in range(30):
        for _ in range(2_000):
            book.submit(Side.BUY, 100, 1, 1)
        for order in range(book.submit(Side.BUY, 100, 1, 1) - 2_000, 2_000_000):
            if book.cancel(order, 1) < 0:
                break
    made = {name: made for name, (made, _, _) in book.memory().items()}
    assert made["orders"] < 4_096
    assert made["pages"] < 40


def test_a_sweep_of_the_whole_book_writes_every_fill():
    book = opened()
    commands = np.zeros(20_001, COMMAND)
    commands["kind"], commands["account"], commands["quantity"], commands["side"] = Kind.SUBMIT, 1, 1, Side.SELL
    commands["price"] = 100 + np.arange(20_001) // 7
    commands[-1] = 0
    commands["kind"][-1], commands["account"][-1], commands["quantity"][-1] = Kind.SUBMIT, 2, 20_000
    commands["price"][-1] = 1 << 20
    events, offsets = run(book, commands)
    fills = events[offsets[-2] :][1:]
    assert fills["maker"].tolist() == list(range(1, 20_001))
    assert fills["open"][-1] == 0
    assert book.depth(0, Side.SELL, 1) == []


def test_events_stay_readable_when_the_book_is_gone():
    book = opened()
    book.submit(Side.BUY, 100, 1, 1)
    events = np.frombuffer(book.events(), EVENT)
    del book
    assert events["kind"].tolist() == [Happening.ACCEPTED]


def test_offsets_of_another_length_are_refused():
    with pytest.raises(ValueError, match="offsets has 1 entries; give 3"):
        opened().run(np.zeros(2, COMMAND), np.zeros(1, np.int64))


def test_what_does_not_exist_is_said():
    book = opened()
    with pytest.raises(LookupError, match="There is no side 0 of symbol 7: open the symbol first"):
        book.depth(7, 0, 1)
    with pytest.raises(LookupError, match="There is no account 5: open it first"):
        book.account(5)


def test_looking_ahead_believes_no_page_that_has_become_another():
    """A page of ids is given back and becomes one of accounts while a command ahead still points into it."""
    accounts, resting = 66_000, 5_000
    engine = opened()
    opening = np.zeros(accounts, COMMAND)
    opening["kind"], opening["account"] = Kind.ACCOUNT, np.arange(1, accounts + 1)
    run(engine, opening)
    orders = np.zeros(resting, COMMAND)
    orders["kind"], orders["side"], orders["price"], orders["quantity"] = Kind.SUBMIT, Side.BUY, 100, 1
    run(engine, orders)
    cancels = np.zeros(1_024, COMMAND)
    cancels["kind"], cancels["order"] = Kind.CANCEL, np.arange(1_024, 2_048)
    first = (accounts // 256 + 1) * 256
    batch = np.zeros(1_100, COMMAND)
    batch[:1_024] = cancels
    batch["kind"][1_024:] = Kind.CANCEL
    batch["order"][1_024:] = 1_027  # where the account below will have its balance: a number no order has
    batch["kind"][1_024], batch["account"][1_024] = Kind.ACCOUNT, first
    events, offsets = run(engine, batch)
    assert events["kind"][:1_024].tolist() == [Happening.CANCELLED] * 1_024
    assert events["kind"][offsets[1_024]] == Happening.CONFIGURED
    assert set(events["code"][offsets[1_025] :].tolist()) == {Code.NOTHING_OPEN}
