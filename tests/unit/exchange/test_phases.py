"""What a lease holder appends of calendars: each change once, whoever held the lease."""

import numpy as np

from arbitrax.exchange import commands
from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.records import CALENDAR_PRODUCER, Code, Happening, Kind, Phase
from arbitrax.exchange.service.phases import PhaseChange, Phases

DAY = [
    PhaseChange(1_000, Kind.AUCTION), PhaseChange(2_000, Kind.UNCROSS), PhaseChange(3_000, Kind.AUCTION),
    PhaseChange(4_000, Kind.CLOSE),
]  # fmt: skip
TWO_DAYS = [*DAY, *(PhaseChange(each.time + 10_000, each.kind) for each in DAY)]


class Calendars:
    def __init__(self, **changes):
        self.known = {int(symbol[1:]): found for symbol, found in changes.items()}

    def changes(self):
        return self.known


def venue(*symbols):
    core = MatchingCore()
    core.run(commands.as_array([commands.instrument(each, accounts=False) for each in symbols]))
    return core


def follow(phases, core, now):
    """Execute what is due; return it, and the events."""
    entries = phases.due(core, now)
    rows, events = [], []
    for entry in entries:
        made = entry.commands.copy()
        made["time"] = now
        rows += [(int(each["symbol"]), Kind(each["kind"]).name) for each in made]
        events += core.run(made)[0].tolist()
    return rows, events


def test_each_change_comes_when_its_time_has_come():
    core, phases = venue(1), Phases(Calendars(s1=DAY))
    seen = [(now, *follow(phases, core, now)[0]) for now in range(900, 4_500, 100)]
    assert [each for each in seen if len(each) > 1] == [
        (1_000, (1, "AUCTION")), (2_000, (1, "UNCROSS")), (3_000, (1, "AUCTION")), (4_000, (1, "CLOSE")),
    ]  # fmt: skip
    assert core.phase(1) == Phase.CLOSED


def test_the_time_of_the_next_change_is_known():
    core, phases = venue(1, 2), Phases(Calendars(s1=DAY, s2=[PhaseChange(1_500, Kind.HALT)]))
    phases.due(core, 900)
    assert phases.next_due() == 1_000
    follow(phases, core, 1_000)
    assert phases.next_due() == 1_500
    follow(phases, core, 9_000)
    assert phases.next_due() is None


def test_who_takes_over_appends_nothing_twice(tmp_path):
    core, calendars = venue(1), Calendars(s1=DAY)
    follow(Phases(calendars), core, 2_500)
    core.save(tmp_path / "state")
    for taken in (core, MatchingCore.load(tmp_path / "state")):
        assert follow(Phases(calendars), taken, 2_600) == ([], [])
        assert follow(Phases(calendars), taken, 3_000)[0] == [(1, "AUCTION")]


def test_a_change_that_two_append_is_executed_once():
    core, calendars = venue(1), Calendars(s1=DAY)
    follow(Phases(calendars), core, 1_500)
    (entry,) = Phases(calendars).due(core, 2_000)
    first, second = (core.run(entry.commands)[0] for _ in range(2))
    assert [each["kind"] for each in first] == [Happening.STATE]
    assert [each["kind"] for each in second] == [Happening.REPEATED]
    core.run(Phases(calendars).due(core, 3_000)[0].commands)
    (late,) = core.run(entry.commands)[0]
    assert (late["kind"], late["code"]) == (Happening.REFUSED, Code.REPEATED)
    assert core.phase(1) == Phase.AUCTION


def test_what_was_missed_is_made_up_for_from_the_last_close_on():
    core, calendars = venue(1), Calendars(s1=TWO_DAYS)
    follow(Phases(calendars), core, 2_000)
    core.run(commands.as_array([commands.submit("buy", symbol=1, account=0, price=5, quantity=1, time_in_force="day")]))
    rows, events = follow(Phases(calendars), core, 12_500)
    assert rows == [(1, "CLOSE"), (1, "AUCTION"), (1, "UNCROSS")]
    assert Code.SESSION_ENDED in [each[9] for each in events]
    assert core.phase(1) == Phase.CONTINUOUS


def test_a_symbol_that_is_new_gets_the_phase_that_holds():
    core, phases = venue(), Phases(calendars := Calendars(s1=TWO_DAYS))
    assert follow(phases, core, 11_500) == ([], [])
    core.run(commands.as_array([commands.instrument(1)]))
    assert follow(phases, core, 11_600) == ([], [])  # it is looked at once a second
    assert follow(phases, core, 12_500)[0] == [(1, "UNCROSS")]
    assert core.phase(1) == Phase.CONTINUOUS  # it was not in an auction: refused, and it trades
    calendars.known = calendars.known | {2: DAY}
    core.run(commands.as_array([commands.instrument(2)]))
    assert follow(phases, core, 12_600)[0] == [(2, "CLOSE")]


def test_an_operators_halt_outlives_a_take_over_but_not_the_close():
    core, calendars = venue(1), Calendars(s1=TWO_DAYS)
    follow(Phases(calendars), core, 2_000)
    core.run(commands.as_array([commands.halt(1)]))
    assert follow(Phases(calendars), core, 2_500) == ([], [])
    assert core.phase(1) == Phase.HALTED
    follow(Phases(calendars), core, 4_000)
    assert core.phase(1) == Phase.CLOSED


def test_many_symbols_change_in_several_entries():
    numbers = range(1, 9_001)
    core = venue(*numbers)
    entries = Phases(Calendars(**{f"s{each}": DAY for each in numbers})).due(core, 1_000)
    assert [len(each.commands) for each in entries] == [8_192, 808]
    made = np.concatenate([each.commands for each in entries])
    assert (made["producer"] == made["symbol"] + CALENDAR_PRODUCER).all()
    assert set(made["seq"].tolist()) == {1_000}
