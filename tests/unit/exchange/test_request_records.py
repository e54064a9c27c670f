"""Requests of the journal, as the audit log tells them."""

import numpy as np

from arbitrax.exchange import commands
from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.identifiers import order_text
from arbitrax.exchange.journal import CommandEntry, EntryId, read_command_entry
from arbitrax.exchange.origins import Origin, read_origins, written_origins
from arbitrax.exchange.recording.request_record import requests_of
from arbitrax.exchange.records import COMMAND

ADA, BOB = Origin(b"a" * 16, None, "10.0.0.7", "req_1"), Origin(b"b" * 16, b"k" * 16, None, "req_2")


def market():
    core = MatchingCore()
    opening = [commands.instrument(1), *(commands.open_account(each, "margin") for each in (1, 2))]
    opening += [commands.deposit(each, 10_000) for each in (1, 2)]
    core.run(np.frombuffer(b"".join(opening), COMMAND))
    return core


def requests(core, rows, origins, producer=0, seen=None):
    array = np.frombuffer(bytearray(b"".join(rows)), COMMAND)
    if producer:
        array["producer"], array["producer_epoch"] = producer, 1
        array["seq"] = np.arange(1, 1 + len(array))
    name = EntryId(5, 0)
    entry = read_command_entry(name, CommandEntry(array, origins=written_origins(origins)).fields())
    events, offsets = core.run(entry.commands)
    return list(requests_of(name, entry, np.diff(offsets).astype("<u4"), events, {} if seen is None else seen))


def buy(account, price=10, quantity=5):
    return commands.submit("buy", symbol=1, account=account, price=price, quantity=quantity)


def test_commands_of_one_request_are_one_record_and_others_are_apart():
    rows = [buy(1), buy(1), buy(2, quantity=100_000), commands.cancel(1, account=1)]
    found = requests(market(), rows, [ADA, ADA, BOB, ADA])
    assert [(each.origin, each.action, each.account) for each in found] == [
        (ADA, "order.submit", 1),
        (BOB, "order.submit", 2),
        (ADA, "order.cancel", 1),
    ]
    assert found[0].detail == {"entry": "5-0", "orders": [order_text(1), order_text(2)]}
    assert (found[0].order, found[1].order, found[2].order) == (0, 3, 1)
    assert found[1].detail["refused"] == {"no_buying_power": 1}


def test_a_request_that_gives_no_event_is_told():
    (found,) = requests(market(), [commands.cancel_after(1, 60_000)], [ADA])
    assert (found.action, found.detail["milliseconds"]) == ("order.cancel_all_after", 60_000)
    (nothing,) = requests(market(), [commands.cancel_all(account=1)], [ADA])
    assert (nothing.action, nothing.detail["orders"], nothing.order) == ("order.cancel_all", [], 0)


def test_an_entry_that_was_appended_twice_is_told_once():
    core, rows = market(), [buy(1), buy(2), buy(1)]
    seen = {}
    assert len(requests(core, rows, [ADA, BOB, ADA], producer=7, seen=seen)) == 3
    assert requests(core, rows, [ADA, BOB, ADA], producer=7, seen=seen) == []


def test_what_is_nobodys_is_not_told_and_costs_no_byte():
    assert written_origins([None, None]) == b""
    assert requests(market(), [buy(1), buy(2)], [None, BOB])[0].origin == BOB
    assert read_origins(written_origins([None, BOB])) == [(1, None), (1, BOB)]
