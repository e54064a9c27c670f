"""Inside the child: look at the simulation four times a second, tell the worker, hear from it that it should end."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from arbitrax.jobs.messages import FromSlot, Line, Log, Stop, Tick
from arbitrax.services.run_log import LogKeeper

if TYPE_CHECKING:
    from arbitrax.domain.panel import Panel
    from arbitrax.kernels.simulate import Simulation
    from arbitrax.services.run_log import RunLog

SECONDS = 0.25
MOST_POINTS = 500
"""Of a tile; a longer one is thinned out evenly, its last point kept."""


class Watcher:
    """Watches one run. When the worker is gone another does the job: this process then ends."""

    def __init__(self, line: Line, on_loss: Callable[[], None] = lambda: os._exit(1)) -> None:
        self._line = line
        self._on_loss = on_loss
        self._telling = threading.RLock()
        self._simulation: Simulation | None = None
        self._panel: Panel | None = None
        self._sent = 0
        self.cancelled = False
        self._said = LogKeeper()
        threading.Thread(target=self._listen, daemon=True).start()

    def watch(self, simulation: Simulation, panel: Panel) -> None:
        """Begin to look at a simulation, which is about to run."""
        self._panel, self._simulation = panel, simulation
        if self.cancelled:
            simulation.cancel()

    def send(self, message: FromSlot) -> None:
        """Tell the worker something."""
        with self._telling:
            self._line.send(message)

    @property
    def log(self) -> RunLog:
        """What was said so far."""
        return self._said.log

    def say(self, text: str) -> None:
        """Take a line that was said, at the bar that the simulation is at."""
        simulation, panel = self._simulation, self._panel
        at = None if simulation is None or panel is None else min(simulation.bars_done, len(panel) - 1)
        self._said.add(text, None if at is None or panel is None else int(panel.timestamp[at]))

    def say_at(self, text: str, bar: int | None) -> None:
        """Take a line that was said at a bar, ns UTC."""
        self._said.add(text, bar)

    def tick(self) -> None:
        """Tell how far the run is and what was said, if that is news. Two threads may come to it at once."""
        with self._telling:
            self._tell()

    def _tell(self) -> None:
        for each in self._said.untold():
            self.send(Log(each.text, each.bar))
        simulation, panel = self._simulation, self._panel
        if simulation is None or panel is None:
            return
        done, bars = simulation.bars_done, len(panel)
        if done <= self._sent:
            return
        step = -(-(done - self._sent) // MOST_POINTS)
        rows = slice(done - 1 - (done - 1 - self._sent) // step * step, done, step)
        times = panel.timestamp[rows].tolist()
        equity = simulation.equity[rows].tolist()
        held = {
            symbol: (quantity, average, profit)
            for symbol, (quantity, average, profit) in zip(panel.symbols, simulation.positions().tolist(), strict=True)
            if quantity
        }
        self._sent = done
        self.send(Tick(done, bars, times, equity, held))

    def _listen(self) -> None:
        try:
            while True:
                if self._line.receive(Stop, SECONDS) is not None:
                    self.cancelled = True
                    if self._simulation is not None:
                        self._simulation.cancel()
                self.tick()
        except (EOFError, OSError):
            self._on_loss()
