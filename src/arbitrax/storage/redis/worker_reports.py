"""What a worker says of itself, written once a second by a thread of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from msgspec import json

from arbitrax.exchange.service.metering import WorkerMeter
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.connected_thread import ConnectedThread
from arbitrax.storage.redis.exchange_status import report_key

SECONDS = 1.0


class WorkerReports(ConnectedThread):
    """Writes while the worker has done something since the last time. Faults of the server are waited out."""

    def __init__(self, url: Callable[[], str], shard: int, meter: WorkerMeter) -> None:
        super().__init__("reports", url, SECONDS)
        self._shard, self._meter = shard, meter

    def _follow(self, channel: Channel) -> None:
        while not self._end.wait(SECONDS):
            before = time.time()
            seconds, micros = channel.ask("TIME")
            self._meter.offset = (int(seconds) + int(micros) / 1e6 - (before + time.time()) / 2) * 1000
            report = self._meter.report(os.getpid())
            if self._meter.batches:  # a worker that stands by has nothing to say
                channel.ask("HSET", report_key(self._shard), "worker", json.encode(report))
