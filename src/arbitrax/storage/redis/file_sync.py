"""The journal's files, synced once a second, and how far: ``synced_commands`` and ``synced_events`` of the marks.

The server writes each entry to its append-only file before it replies and leaves it to us when that reaches the disk
(`appendfsync no`; why not `everysec`: docs/concepts/exchange-service.md). With `appendfsync always` there is nothing to
sync, only to say.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.connected_thread import ConnectedThread
from arbitrax.storage.redis.journal import ValkeyStream
from arbitrax.storage.redis.server_settings import Durability, configuration

SYNC_SECONDS = 1.0
_LOCAL = {None, "", "localhost", "127.0.0.1", "::1"}
_sync = getattr(os, "fdatasync", os.fsync)


class FileSync(ConnectedThread):
    """A thread that syncs and marks until stopped. It outlives faults of the server."""

    def __init__(self, url: Callable[[], str], shard: int, durability: Durability, say: Callable[[str], None]) -> None:
        super().__init__("file-sync", url, SYNC_SECONDS)
        self._shard, self._durability, self._say = shard, durability, say
        self._said = ""

    def _follow(self, channel: Channel) -> None:
        """Sync while the connection holds."""
        marked: tuple[str, ...] = ()
        folder = None if self._durability == "power" else find_files(self._url(), channel)
        if self._durability == "process" and folder is None:
            self._tell(
                f"sync.impossible The files of the Valkey at {channel.where} are not on this machine, or not ours to "
                "read: entries reach its disk when its system likes. Set appendfsync always there and "
                "ARBITRAX_DURABILITY=power."
            )
            return
        streams = [ValkeyStream(channel, f"{name}:{self._shard}") for name in ("commands", "events")]
        while not self._end.wait(SYNC_SECONDS):
            # A reply leaves the server after its file was written, so what the tails name is in the file.
            tails = tuple(str(stream.tail()) for stream in streams)
            if tails == marked:
                continue
            if folder is not None:
                sync_files(folder)
            words = (word for pair in zip(("synced_commands", "synced_events"), tails, strict=True) for word in pair)
            channel.ask("HSET", f"marks:{self._shard}", *words)
            marked = tails

    def _failed(self, error: Exception) -> None:
        self._tell(f"sync.failed {error}")

    def _tell(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._say(text)


def find_files(url: str, channel: Channel) -> Path | None:
    """Return the folder of a server's append-only files, None when they are not here or not readable."""
    if urlsplit(url).scheme != "unix" and urlsplit(url).hostname not in _LOCAL:
        return None
    found = configuration(channel, "dir", "appenddirname", "appendfilename")
    folder = Path(found["dir"]) / found["appenddirname"]
    manifest = folder / f"{found['appendfilename']}.manifest"
    return folder if os.access(manifest, os.R_OK) else None


def sync_files(folder: Path) -> None:
    """Bring the append-only files of a folder to the disk."""
    for path in [*folder.iterdir(), folder]:
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:  # the server made a new one and removed it
            continue
        try:
            os.fsync(descriptor) if path == folder else _sync(descriptor)
        finally:
            os.close(descriptor)
