"""Rounds at each named point: every process ends there so many times, under load."""

import threading
import time

from tests.fault_run.run import POINTS, FaultRun

LOST_EVERY, LOST_FOR = 4.0, (4.0, 5.0)
"""Seconds between gateways that are lost, where somebody has to be, and that one is: its sessions end after 3."""
AT_MOST = 120.0
"""Seconds until a process has come by a point so often."""


def visit_points(exchange: FaultRun, rounds: int) -> None:
    """End the processes at each of their points; one that nobody comes by is a finding."""
    for process, points in POINTS.items():
        for point in points:
            exchange.only = process, point
            for member in exchange.members.values():
                if member.name.startswith(process) and member not in exchange.away():
                    member.kill()
                    exchange.bring_back_later(member, 0.0)
            end = time.monotonic() + AT_MOST
            gone = time.monotonic()
            while exchange.report.kills[f"at {point}"] < rounds:
                if point.startswith("append.") and time.monotonic() - gone > LOST_EVERY:
                    gone = time.monotonic()
                    exchange.kill_one("gateway", LOST_FOR)  # whose sessions the worker ends: what it appends
                if time.monotonic() > end:
                    exchange.report.findings.append(
                        f"{process} ended {exchange.report.kills[f'at {point}']} times at {point}, not {rounds}"
                    )
                    break
                exchange.turn(time.monotonic())
                threading.Event().wait(0.02)
    exchange.only = None
