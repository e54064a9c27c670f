"""Checkpoints of a feed as files: a convenience, so damage costs time only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from arbitrax.domain.errors import DataError
from arbitrax.exchange.journal import EntryId

KEPT = 3
"""Files. The journal may lose its last seconds, and then an older one is needed."""
SUFFIX = ".feed"


class FileCheckpoints:
    """The folder ``shard-N/feed`` of the exchange's folder, a file for each."""

    def __init__(self, exchange: Path, shard: int) -> None:
        self._folder = exchange / f"shard-{shard}" / "feed"

    def newest_first(self) -> Iterator[tuple[str, bytes]]:
        """Return names and contents; those that cannot be read are left out."""
        for path in reversed(self._paths()):
            try:
                data = path.read_bytes()
            except OSError:
                continue
            yield path.name, data

    def write(self, entry: EntryId, data: bytes) -> None:
        """Keep one, synced; the oldest go.

        Raises:
            OSError: the disk refuses.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{entry}{SUFFIX}"
        writing = path.with_name(f"{path.name}.{os.getpid()}.writing")
        try:
            with writing.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            writing.replace(path)
        finally:
            writing.unlink(missing_ok=True)
        for each in self._paths()[:-KEPT]:
            each.unlink(missing_ok=True)

    def _paths(self) -> list[Path]:
        """Return the files, oldest first."""
        found = []
        for path in self._folder.glob(f"*{SUFFIX}"):
            try:
                found.append((EntryId.parse(path.name.removesuffix(SUFFIX)), path))
            except DataError:
                continue
        return [path for _, path in sorted(found)]
