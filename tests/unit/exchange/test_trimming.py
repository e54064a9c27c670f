from itertools import pairwise

import msgspec
import pytest

from arbitrax.exchange.journal import START, EntryId, SnapshotManifest
from arbitrax.exchange.service.archive_ports import Progress
from arbitrax.exchange.service.trimming import superfluous, trim_points
from arbitrax.exchange.service.upkeep import FIRST_PAUSE, LONGEST_PAUSE, Upkeep, to_verify


def manifest(number, *, verified=True):
    return SnapshotManifest(0, 1, 1, f"{number}-0", "0" * 16, "0" * 16, "", 16, "", 0, verified)


def manifests(*verified, unverified=()):
    found = {f"s{number}": manifest(number) for number in verified}
    return found | {f"s{number}": manifest(number, verified=False) for number in unverified}


def progress(applied=90, commands=80, events=70, recorded=60):
    return Progress(*(EntryId(each, 0) if each else START for each in (applied, commands, events, recorded)))


@pytest.mark.parametrize(
    ("verified", "marks", "expected"),
    [
        ((), {}, (0, 0)),
        ((50,), {}, (0, 0)),  # one snapshot may turn out to be unreadable
        ((40, 50), {}, (40, 40)),
        ((40, 50, 30), {}, (40, 40)),
        ((85, 88), {}, (80, 60)),
        ((65, 88), {}, (65, 60)),
        ((40, 50), {"recorded": 0}, (40, 0)),  # nobody records: events stay
        ((40, 50), {"commands": 10, "events": 0}, (10, 0)),
        ((40, 50), {"applied": 20}, (20, 20)),  # the server lost its end
    ],
)
def test_streams_are_trimmed_to_the_oldest_of_what_may_still_be_asked_for(verified, marks, expected):
    points = trim_points(manifests(*verified, unverified=(55, 99)), progress(**marks))
    assert [each.ms for each in points] == list(expected)


def test_two_snapshots_of_one_entry_count_as_one():
    found = manifests(40, 50)
    found["again"] = msgspec.structs.replace(found["s50"], token=2)
    assert trim_points(found, progress()).commands == EntryId(40, 0)


def test_the_newest_three_verified_snapshots_are_kept_and_what_is_newer():
    assert superfluous(manifests(10, 20, unverified=(5,))) == []
    assert superfluous(manifests(10, 20, 30, 40, unverified=(5, 25, 99))) == ["s10", "s5"]


def test_a_replay_begins_with_the_newest_verified_snapshot():
    assert to_verify({}, set()) == (None, None)
    assert to_verify(manifests(unverified=(7, 9)), set()) == (None, "s9")
    assert to_verify(manifests(5, 6, unverified=(4, 7, 9)), set()) == ("s6", "s9")
    assert to_verify(manifests(5, 6, unverified=(4, 9)), {"s9"}) == ("s6", None)


class Server:
    """Manifests, and nothing to trim."""

    def __init__(self, found):
        self.found = found

    def manifests(self):
        return self.found

    def progress(self):
        return progress(commands=0)


class Files:
    def sweep(self, manifests, before):
        pass


class Replay:
    """A replay that ends as it is told."""

    def __init__(self, start, code):
        self.start, self.code = start, code

    def poll(self):
        return self.code


def test_a_replay_that_was_killed_is_tried_again_later_and_later_until_it_agrees():
    server, started, said, now, ends = Server(manifests(5, unverified=(9,))), [], [], [0.0], [-9]

    def verify(start):
        started.append(now[0])
        return Replay(start, ends[0])

    upkeep = Upkeep(server, Files(), verify, said.append, lambda: now[0])
    for _ in range(7_000):
        upkeep.turn()
        now[0] += 2.0
    gaps = [after - before for before, after in pairwise(started)]
    assert gaps[0] == pytest.approx(FIRST_PAUSE, abs=4)
    assert gaps[4] == pytest.approx(16 * FIRST_PAUSE, abs=4)
    assert max(gaps) == pytest.approx(LONGEST_PAUSE, abs=4)
    assert len(said) == 1
    assert "The snapshot s9 was not verified: the replay ended with -9." in said[0]
    ends[0] = 0
    while len(said) < 2:
        upkeep.turn()
        now[0] += 2.0
    assert said[1] == "The snapshot s9 is verified now."


def test_a_newer_snapshot_does_not_wait_for_one_that_failed():
    server, started = Server(manifests(5, unverified=(9,))), []

    def verify(start):
        started.append(start)
        return Replay(start, 1)

    upkeep = Upkeep(server, Files(), verify, lambda _: None, lambda: 0.0)
    for _ in range(3):
        upkeep.turn()
    assert started == ["s5"]
    server.found |= manifests(unverified=(12,))
    upkeep.turn()
    assert started == ["s5", "s5"]
