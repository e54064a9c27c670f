"""What the archiver does besides archiving: has snapshots verified, trims the streams, removes old snapshots."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from arbitrax.exchange.journal import START, EntryId, SnapshotManifest
from arbitrax.exchange.service import crash_points
from arbitrax.exchange.service.archive_ports import ArchiverServer
from arbitrax.exchange.service.trimming import superfluous, trim_points, verified_entries

TRIM_STEPS = 100
"""In a turn: enough for what comes meanwhile, and the archive does not fall behind."""
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 3_600.0
"""Seconds until a replay that failed is tried again, doubled each time: it may have been killed, or the server away."""


class SnapshotFiles(Protocol):
    """The files of snapshots."""

    def remove(self, name: str) -> None:
        """Remove one, if it is there."""

    def sweep(self, manifests: Mapping[str, SnapshotManifest], before: EntryId) -> None:
        """Remove those without a manifest, whole or not, of moments before an entry."""


class Verifier(Protocol):
    """A process that verifies."""

    def poll(self) -> int | None:
        """Return its exit code; None while it runs."""

    def terminate(self) -> None:
        """End it."""


class Upkeep:
    """A turn now and then; each does little, and what failed is done in the next."""

    def __init__(
        self,
        server: ArchiverServer,
        files: SnapshotFiles,
        verify: Callable[[str | None], Verifier],
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what it works with; ``verify`` starts a replay from a snapshot, or from the beginning."""
        self._server = server
        self._files = files
        self._verify = verify
        self._say = say
        self._clock = clock
        self._running: tuple[Verifier, str] | None = None
        self._failed: dict[str, tuple[float, float]] = {}
        """Names that a replay to the present did not verify: when the next one is due, and the pause before it."""

    def turn(self) -> None:
        """Look after snapshots and streams; raises like the archiver's step."""
        manifests = self._server.manifests()
        self._look_at_verifier(manifests)
        points = trim_points(manifests, self._server.progress())
        if points.commands > START or points.events > START:
            for _ in range(TRIM_STEPS):
                if not self._server.trim(*points):
                    break
                crash_points.reach("stream.trimmed")
        for name in superfluous(manifests):
            if self._server.remove_manifest(name):
                self._files.remove(name)
        verified = verified_entries(manifests)
        if verified:
            self._files.sweep(manifests, verified[-1])

    def end(self) -> None:
        """End a replay that is on its way."""
        if self._running is not None:
            self._running[0].terminate()
            self._running = None

    def _look_at_verifier(self, manifests: Mapping[str, SnapshotManifest]) -> None:
        if self._running is not None:
            process, name = self._running
            code = process.poll()
            if code is None:
                return
            self._running = None
            if code:
                self._put_off(name, code)
                return
            if self._failed.pop(name, None):
                self._say(f"The snapshot {name} is verified now.")
        now = self._clock()
        start, unverified = to_verify(manifests, [name for name, (due, _) in self._failed.items() if now < due])
        if unverified is not None:
            self._running = self._verify(start), unverified

    def _put_off(self, name: str, code: int) -> None:
        first = name not in self._failed
        pause = FIRST_PAUSE if first else min(2 * self._failed[name][1], LONGEST_PAUSE)
        self._failed[name] = self._clock() + pause, pause
        if first:
            self._say(
                f"The snapshot {name} was not verified: the replay ended with {code}. It is tried again, in "
                f"{pause:.0f} s first; `arbitrax exchange verify` says what is wrong."
            )


def to_verify(manifests: Mapping[str, SnapshotManifest], failed: Collection[str]) -> tuple[str | None, str | None]:
    """Return the verified snapshot a replay begins with (None: the beginning), and the newest that it should verify."""
    at = {name: EntryId.parse(each.entry) for name, each in manifests.items()}
    verified = sorted((name for name in at if manifests[name].verified), key=at.__getitem__)
    newest = verified[-1] if verified else None
    waiting = [name for name in at if not manifests[name].verified and name not in failed]
    waiting = [name for name in waiting if newest is None or at[name] > at[newest]]
    return newest, max(waiting, key=at.__getitem__, default=None)
