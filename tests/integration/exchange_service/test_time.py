"""What the lease holder appends by itself: ticks, phases, and the end of sessions whose gateway is silent."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from arbitrax.exchange import commands
from arbitrax.exchange.journal import START, CommandEntry, read_command_entry
from arbitrax.exchange.records import (
    CALENDAR_PRODUCER,
    COMMAND,
    EVENT,
    MAX_SYMBOLS,
    Code,
    Flag,
    Happening,
    Kind,
    TimeInForce,
)
from arbitrax.exchange.service.batches import Heartbeat
from arbitrax.exchange.service.heartbeats import SILENT_MS, Heartbeats, disconnections
from arbitrax.market_data.calendars import calendar
from arbitrax.trading.session_phases import last_phase
from tests.integration.exchange_service.shard import opening, until

ROOT = Path(__file__).parents[3]


def resting(account, **fields):
    row = np.zeros(1, COMMAND)
    values = {"kind": Kind.SUBMIT, "account": account, "price": 100, "quantity": 5} | fields
    for name, value in values.items():
        row[name] = value
    return row


def cancelled(shard, code):
    events = np.concatenate([np.zeros(0, EVENT), *(each.events for each in shard.written())])
    return events[(events["kind"] == Happening.CANCELLED) & (events["code"] == code)]["account"].tolist()


def test_an_order_ends_at_its_time_though_nothing_else_happens(shard):
    worker = shard.started()
    expire = shard.journal.now() + 300
    shard.journal.append(
        CommandEntry(np.concatenate([opening(), resting(1, time_in_force=TimeInForce.GTD, expire=expire)]))
    )
    until(lambda: cancelled(shard, Code.EXPIRED) == [1], "expired")
    shard.finish(worker)
    journal = [each for part in shard.journal.scan(START) for each in part]
    assert len(journal) == 3  # the epoch, the order, one tick
    assert journal[-1][0].ms >= expire
    shard.audit()


def journal(shard):
    return [(name, read_command_entry(name, fields)) for part in shard.journal.scan(START) for name, fields in part]


def heartbeat(shard, gateway, accounts):
    return shard.journal.append(CommandEntry(np.zeros(0, COMMAND), gateway, np.array(accounts, np.uint32)))


def test_sessions_of_a_silent_gateway_end_those_elsewhere_stay(shard):
    worker = shard.started()
    flags = Flag.CANCEL_ON_DISCONNECT
    shard.journal.append(
        CommandEntry(np.concatenate([opening(), *(resting(account, flags=flags) for account in (1, 2, 3)), resting(1)]))
    )
    silent = heartbeat(shard, 7, [1, 2])
    end = time.monotonic() + 20
    while not cancelled(shard, Code.DISCONNECTED) and time.monotonic() < end:
        heartbeat(shard, 8, [2, 3])
        until(lambda: shard.journal.tail() <= shard.outputs.applied().entry, "executed")
    assert cancelled(shard, Code.DISCONNECTED) == [1]
    assert shard.journal.tail().ms - silent.ms >= SILENT_MS
    assert b'"7"' not in shard.outputs.gateways()
    shard.finish(worker)
    shard.audit()


def test_a_gateway_that_went_silent_before_a_worker_began_is_noticed_by_it(shard):
    worker = shard.started()
    shard.journal.append(CommandEntry(np.concatenate([opening(), resting(1, flags=Flag.CANCEL_ON_DISCONNECT)])))
    shard.wait_for(heartbeat(shard, 7, [1]))
    assert b'"7"' in shard.outputs.gateways()
    worker.kill()
    worker = shard.started()
    until(lambda: cancelled(shard, Code.DISCONNECTED) == [1], "noticed")
    shard.finish(worker)
    shard.audit()


def phase_commands(shard):
    """Return the calendar's commands of the journal: (entry's ms, command)."""
    found = [(name, read_command_entry(name, each)) for part in shard.journal.scan(START) for name, each in part]
    return [
        (name.ms, command)
        for name, entry in found
        for command in entry.commands
        if CALENDAR_PRODUCER <= command["producer"] < CALENDAR_PRODUCER + MAX_SYMBOLS
    ]


def test_the_phase_of_a_calendar_is_appended_once_over_a_take_over(shard):
    """Whatever the time is: the phase that holds now. One after another three workers follow one more symbol each."""
    rows = [commands.instrument(number) for number in (1, 2, 3)]
    shard.journal.append(CommandEntry(commands.as_array(rows)))
    for number, name in ((1, b"XNYS"), (2, b"XLON"), (3, b"XHKG")):
        shard.channel.ask("HSET", f"calendars:{shard.number}", number, name, 99, b"24/7")
        worker = shard.started()
        until(
            lambda number=number: len({int(each["symbol"]) for _, each in phase_commands(shard)}) == number, "appended"
        )
        if number < 3:
            worker.kill()
    shard.finish(worker)
    found = phase_commands(shard)
    for number, name in ((1, "XNYS"), (2, "XLON"), (3, "XHKG")):
        mine = [(ms, each) for ms, each in found if each["symbol"] == number]
        times = [int(each["seq"]) for _, each in mine]
        assert len(set(times)) == len(times)  # two when a phase changes while this runs
        for ms, command in mine:
            held = last_phase(calendar(name), ms)
            assert (command["seq"], command["kind"]) == (held.time, held.kind)
    shard.audit()


def test_heartbeats_are_kept_when_they_change_and_forgotten_once():
    beats = Heartbeats()
    assert beats.changes() is None
    beats.note([Heartbeat(1_000, 1, (5, 6)), Heartbeat(2_000, 2, (6,))])
    kept = beats.changes()
    assert beats.changes() is None
    again = Heartbeats(kept)
    assert again.lost(4_000) == []
    assert again.lost(4_001) == [5]
    assert again.lost(5_001) == [6]
    assert again.lost(99_000) == []
    assert again.changes() == b"{}"


def test_many_sessions_end_in_several_entries():
    entries = disconnections(list(range(1, 20_001)))
    assert [len(each.commands) for each in entries] == [8_192, 8_192, 3_616]
    assert np.concatenate([each.commands["account"] for each in entries]).tolist() == list(range(1, 20_001))


def test_orders_of_a_gateway_that_was_killed_go_after_3_s_those_with_a_session_elsewhere_stay(shard):
    """Accounts 1 and 2 are connected to the gateway that dies, 2 to another one too."""
    worker = shard.started()
    shard.journal.append(CommandEntry(opening()))
    gateways = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.exchange_session", shard.url, str(shard.number), *accounts],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for accounts in (("1", "2"), ("2",))
    ]  # fmt: skip
    try:
        assert [each.stdout.readline() for each in gateways] == ["connected\n"] * 2
        until(lambda: len(json.loads(shard.outputs.gateways() or b"{}")) == 2, "heartbeats of both")
        gateways[0].kill()
        until(lambda: cancelled(shard, Code.DISCONNECTED), "noticed")
        assert cancelled(shard, Code.DISCONNECTED) == [1]
        ended = next(each for each in shard.written() if Code.DISCONNECTED in each.events["code"]).last
        beats = [name for name, entry in journal(shard) if 1 in (() if entry.sessions is None else entry.sessions)]
        assert ended.ms - beats[-1].ms >= SILENT_MS
        assert shard.outputs.gateways().count(b'"') == 2
    finally:
        for each in gateways:
            each.kill()
            each.communicate()
    until(lambda: cancelled(shard, Code.DISCONNECTED) == [1, 2, 2], "the other one too")
    shard.finish(worker)
    shard.audit()
