"""What a worker says of itself, written once a second by a thread of its own."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from msgspec import json

from arbitrax.domain.errors import StoreError
from arbitrax.exchange.service.metering import WorkerMeter
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.exchange_status import report_key

SECONDS = 1.0


class WorkerReports:
    """Writes while the worker has done something since the last time. Faults of the server are waited out."""

    def __init__(self, url: Callable[[], str], shard: int, meter: WorkerMeter) -> None:
        self._url, self._shard, self._meter = url, shard, meter
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reports", daemon=True)

    def __enter__(self) -> WorkerReports:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        while not self._end.wait(SECONDS):
            try:
                channel = Channel(self._url())
                try:
                    self._follow(channel)
                finally:
                    channel.close()
            except (StoreError, OSError):
                continue

    def _follow(self, channel: Channel) -> None:
        while not self._end.wait(SECONDS):
            before = time.time()
            seconds, micros = channel.ask("TIME")
            self._meter.offset = (int(seconds) + int(micros) / 1e6 - (before + time.time()) / 2) * 1000
            report = self._meter.report(os.getpid())
            if self._meter.batches:  # a worker that stands by has nothing to say
                channel.ask("HSET", report_key(self._shard), "worker", json.encode(report))
