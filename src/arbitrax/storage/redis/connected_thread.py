"""A thread beside a process's work, with a connection of its own."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Self

from arbitrax.domain.errors import StoreError
from arbitrax.storage.redis.channel import Channel


class ConnectedThread(ABC):
    """Runs while the block does. A connection that broke is opened again after a pause: faults are waited out."""

    def __init__(self, name: str, url: Callable[[], str], pause: float) -> None:
        """Take the URL of the server, which may have to start for it, and the seconds between attempts."""
        self._url, self._pause = url, pause
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(timeout=1.0)

    @abstractmethod
    def _follow(self, channel: Channel) -> None:
        """Do the work until ``self._end`` is set, or the connection breaks."""

    def _failed(self, error: Exception) -> None:  # noqa: B027 - most have nothing to say
        """Take note of a connection that could not be had, or broke."""

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                with Channel(self._url()) as channel:
                    self._follow(channel)
            except (StoreError, OSError) as error:
                self._failed(error)
            self._end.wait(self._pause)
