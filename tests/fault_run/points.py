"""Rounds at each named point: every process ends there so many times, under load."""

import threading
import time

from tests.fault_run.run import POINTS, FaultRun

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
            while exchange.report.kills[f"at {point}"] < rounds:
                if time.monotonic() > end:
                    exchange.report.findings.append(
                        f"{process} ended {exchange.report.kills[f'at {point}']} times at {point}, not {rounds}"
                    )
                    break
                exchange.turn(time.monotonic())
                threading.Event().wait(0.02)
    exchange.only = None
