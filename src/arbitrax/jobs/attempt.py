"""One attempt at a job: the child is started, heard, kept alive in the database, stopped and judged."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from os import WIFSIGNALED, WTERMSIG, waitstatus_to_exitcode
from typing import TYPE_CHECKING, Literal

import numpy as np

from arbitrax.domain.errors import Fenced, LimitReached, StoreUnavailableError
from arbitrax.domain.ids import encode
from arbitrax.jobs.messages import Ended, Log, Outcome, Start, Tick
from arbitrax.services.backtest_jobs import KIND as BACKTEST
from arbitrax.services.ingestion_jobs import KIND as INGESTION
from arbitrax.services.jobs import JOB, LEASE_SECONDS, OVER, Problem
from arbitrax.services.run_log import LogKeeper
from arbitrax.services.run_news import CANCELLED, done_of, run_name

if TYPE_CHECKING:
    from arbitrax.jobs.slot import Slot
    from arbitrax.services.jobs import Job, JobStore, Lease
    from arbitrax.services.run_log import RunLog
    from arbitrax.storage.redis.run_feed import RunFeed

BEAT_SECONDS = 0.5
STOP_SECONDS = 2.0
"""How long a child may take to end once it was asked to."""


class Attempt:
    """An attempt by this process."""

    def __init__(
        self, job: Job, lease: Lease, slot: Slot, *, jobs: JobStore, feed: RunFeed, stopping: Callable[[], bool]
    ) -> None:
        """Take the job; ``stopping`` says that the worker's patience is over."""
        self._job = job
        self._lease = lease
        self._slot = slot
        self._jobs = jobs
        self._feed = feed
        self._stopping = stopping
        self._run = run_name(job.kind, job.id)
        self._progress = 0.0
        self._said = LogKeeper()
        """What came through; the child's own, where it comes, has all."""
        self._begun = time.time_ns()
        self._kill_at: float | None = None
        self._verdict: Outcome | None = None
        """Ours; it goes before what the child says."""

    def run(self, start: Start) -> str:
        """Do the job; return what became of it in words."""
        self._slot.start(start)
        outcome, ended = self._follow(start)
        verdict = self._verdict or outcome
        said = None if outcome is None else outcome.log
        if verdict is None:
            verdict = Outcome("lost", Problem("job.lost", _why(ended)))
        status = self._noted(verdict, said or self._said.log)
        if status in OVER:
            self._tell_end()
        return status

    def _tell_end(self) -> None:
        """Tell those who follow the job; what is not told here the gateways find out by themselves, a moment later."""
        with suppress(StoreUnavailableError):
            stored = self._jobs.find(self._job.id)
            if stored is not None and stored.status in OVER:
                self._feed.end(self._run, done_of(stored))

    def _follow(self, start: Start) -> tuple[Outcome | None, int | None]:
        outcome: Outcome | None = None
        beat_at, heard_at = 0.0, time.monotonic()
        end_at = heard_at + start.seconds
        while True:
            now = time.monotonic()
            if now >= beat_at:
                heard_at = self._beat(now, heard_at)
                beat_at = now + BEAT_SECONDS
            if now >= end_at and self._verdict is None:
                said = f"The job took more than the {start.seconds} s that a job may take."
                self._end(Outcome("failed", Problem(LimitReached.code, said)))
            if self._verdict is None and self._stopping():
                self._end(Outcome("given_back", Problem("job.given_back", "its worker was stopped.")))
            if self._kill_at is not None and now >= self._kill_at:
                self._slot.kill_child()
                self._kill_at = None
            try:
                message = self._slot.receive(max(0.0, min(beat_at, self._kill_at or beat_at) - now))
            except EOFError:
                self._slot.replace()
                return outcome, None
            if isinstance(message, Ended):
                return outcome, message.status
            if isinstance(message, Outcome):
                outcome = message
            elif isinstance(message, Tick):
                self._publish(message)
            elif isinstance(message, Log):
                self._said.add(message.text, message.bar)
                bar = None if message.bar is None else _text(message.bar)
                self._feed.publish(self._run, [("log", {"text": message.text, "bar": bar})])

    def _beat(self, now: float, heard_at: float) -> float:
        """Keep the lease; return when that last worked."""
        try:
            asked = self._jobs.beat(self._lease, self._progress, self._eta())
        except Fenced:
            self._end(Outcome("abandoned"))
            return now
        except StoreUnavailableError:
            if now - heard_at >= LEASE_SECONDS and self._verdict is None:
                self._end(Outcome("abandoned"))
            return heard_at
        if asked and self._verdict is None and self._kill_at is None:
            self._slot.ask_to_stop()
            self._verdict = Outcome("cancelled", CANCELLED)
            self._kill_at = now + STOP_SECONDS
        return now

    def _end(self, verdict: Outcome) -> None:
        """End the child now."""
        self._verdict = verdict
        self._kill_at = 0.0

    def _eta(self) -> int | None:
        if not 0.0 < self._progress < 1.0:
            return None
        passed = time.time_ns() - self._begun
        return self._begun + int(passed / self._progress)

    def _publish(self, tick: Tick) -> None:
        self._progress = tick.done / tick.bars
        eta = self._eta()
        of = "chunks" if self._job.kind == INGESTION else "bars"
        progress = {
            "status": "running",
            "progress": round(self._progress, 6),
            "eta": None if eta is None else _text(eta),
            f"{of}_done": tick.done,
            of: tick.bars,
        }
        tile = {"times": [_text(each) for each in tick.times], "equity": tick.equity}
        held = {
            symbol: {"quantity": _decimal(quantity), "avg_price": _decimal(average), "unrealized_pnl": _decimal(profit)}
            for symbol, (quantity, average, profit) in tick.held.items()
        }
        seen: list[tuple[str, object]] = [("progress", progress)]
        if self._job.kind == BACKTEST:
            self._feed.publish(self._run, [*seen, ("equity", tile)], held)
        else:
            self._feed.publish(self._run, seen)

    def _noted(self, verdict: Outcome, log: RunLog) -> str:
        """Conclude as soon as the database is there: often it was its end that ended the child."""
        end = time.monotonic() + LEASE_SECONDS
        while True:
            try:
                return self._conclude(verdict, log)
            except StoreUnavailableError:
                if time.monotonic() >= end:
                    return "left"  # to whoever finds that its lease ended
            time.sleep(BEAT_SECONDS)

    def _conclude(self, verdict: Outcome, log: RunLog) -> str:
        if verdict.status == "succeeded":
            return "succeeded"  # with its result, in one transaction
        try:
            return self._give_up(verdict, log)
        except Fenced:
            # Its result may have been stored a moment before its end was asked for; or the database ended between
            # writing this verdict and telling so.
            stored = self._jobs.find(self._job.id)
            if stored is None or stored.attempt != self._job.attempt or stored.status not in OVER:
                return "fenced"
            return stored.status

    def _give_up(self, verdict: Outcome, log: RunLog) -> str:
        reason = "" if verdict.problem is None else verdict.problem.detail
        if verdict.status == "abandoned":
            raise Fenced("The lease is another's.")
        if verdict.status in ("lost", "given_back"):
            let_go = self._jobs.lose if verdict.status == "lost" else self._jobs.give_back
            status = let_go(self._lease, reason)
            if status is None:
                raise Fenced("The lease is another's.")
            return status
        ended: Literal["cancelled", "failed"] = "cancelled" if verdict.status == "cancelled" else "failed"
        self._jobs.finish(self._lease, ended, verdict.problem, log=log)
        return verdict.status


def _why(status: int | None) -> str:
    """Say how a child ended that gave no outcome."""
    if status is None:
        return "the process that starts its process was killed."
    if WIFSIGNALED(status):
        number = WTERMSIG(status)
        return f"its process was killed by {signal.Signals(number).name}, signal {number}."
    return f"its process ended with exit code {waitstatus_to_exitcode(status)}."


def _text(ns: int) -> str:
    return f"{np.datetime64(ns // 1000, 'us')}Z"


def _decimal(number: float) -> str:
    return np.format_float_positional(number, trim="-")


def described(job: Job, became: str, seconds: float) -> str:
    """Return the line of the log about an attempt."""
    words = f"job={encode(JOB, job.id)} kind={job.kind} attempt={job.attempt}"
    return f"job.attempted {words} became={became} seconds={seconds:.2f}"
