"""Answers about what does not change any more, kept by who asked and what it is: never given to anybody else."""

from __future__ import annotations

import threading
from collections import OrderedDict
from uuid import UUID

MOST_BYTES = 64 << 20
MOST_OF_ONE = 8 << 20

Key = tuple[UUID, str]
"""The user, and the content's hash with the form it was asked for in."""


class AnswerCache:
    """The answers used last; from any thread."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._held = 0
        self._answers: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, user: UUID, content: str) -> bytes | None:
        """Return an answer that the same user had before."""
        with self._lock:
            found = self._answers.get((user, content))
            if found is not None:
                self._answers.move_to_end((user, content))
            return found

    def put(self, user: UUID, content: str, answer: bytes) -> None:
        """Keep an answer, and let those go that were not used for longest."""
        if len(answer) > MOST_OF_ONE:
            return
        with self._lock:
            before = self._answers.pop((user, content), b"")
            self._answers[user, content] = answer
            self._held += len(answer) - len(before)
            while self._held > self._most:
                _, gone = self._answers.popitem(last=False)
                self._held -= len(gone)
