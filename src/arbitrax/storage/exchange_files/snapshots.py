"""Snapshots of a shard's state as files, and their manifests on the journal's server.

A file is what `arbitrax.exchange.core.MatchingCore.save` writes: the words of the state hash, 8 bytes each, and the
hash as the last one. It gets its name when it is whole and synced; recovery uses it once another process verified it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from arbitrax.domain.errors import DataError, StoreError
from arbitrax.exchange.journal import EntryId, SnapshotManifest
from arbitrax.exchange.service import crash_points
from arbitrax.exchange.service.ports import SnapshotPoint
from arbitrax.storage.exchange_files.durable import make_folder, sync_folder

_NAME = re.compile(r"shard-(\d+)\.epoch-(\d+)\.token-(\d+)\.(\d+-\d+)\.snapshot(\.tmp)?")
LEAST = 16
"""Bytes of a file: a mark and the hash."""


class ManifestServer(Protocol):
    """A connection to where manifests are kept."""

    def manifests(self) -> Mapping[str, SnapshotManifest]:
        """Return them by the name of their files."""

    def install(self, name: str, manifest: SnapshotManifest) -> bool:
        """Add one; False: the worker of its token has lost the lease."""


Connect = Callable[[], AbstractContextManager[ManifestServer]]


def snapshot_folder(exchange: Path, shard: int) -> Path:
    """Return where the snapshots of a shard are under the exchange's folder."""
    return exchange / f"shard-{shard}" / "snapshots"


def snapshot_name(point: SnapshotPoint) -> str:
    """Return the name of the file of a moment."""
    return f"shard-{point.shard}.epoch-{point.epoch}.token-{point.token}.{point.entry}.snapshot"


class FileSnapshots:
    """Snapshots of a shard; `arbitrax.exchange.service.ports.SnapshotStore` says what each step does."""

    def __init__(self, exchange: Path, shard: int, connect: Connect) -> None:
        """Name them; ``exchange``: the folder of all shards."""
        self.folder = snapshot_folder(exchange, shard)
        self._connect = connect

    def begin(self, point: SnapshotPoint) -> Path:
        """Return where to write; the folder exists.

        Raises:
            StoreError: the disk refuses.
        """
        try:
            make_folder(self.folder)
        except OSError as error:
            raise StoreError(f"The folder {self.folder} cannot be made: {error.strerror}.") from error
        return self._draft(point)

    def finish(self, point: SnapshotPoint) -> None:
        """Sync what was written, give it its name, and install its manifest if the worker still has the lease.

        Raises:
            DataError: nothing usable was written; it is removed.
            StoreError: disk or server refuse, or the lease is another's; the file is removed.
        """
        draft, path = self._draft(point), self.folder / snapshot_name(point)
        try:
            size, digest, state_hash = _summary(draft)
            draft.replace(path)
            sync_folder(self.folder)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise StoreError(f"The snapshot {draft} cannot be kept: {error.strerror}; see to the disk.") from error
        manifest = SnapshotManifest(
            shard=point.shard,
            epoch=point.epoch,
            token=point.token,
            entry=str(point.entry),
            state_hash=f"{state_hash:016x}",
            running_hash=f"{point.running_hash:016x}",
            path=str(path),
            size=size,
            digest=digest,
            taken_at=point.taken_at,
        )
        # After a fault of the server it may be installed or not: a file without a manifest is swept up later.
        with self._connect() as server:
            installed = server.install(path.name, manifest)
        if not installed:
            path.unlink()
            raise StoreError(f"The snapshot of {point.entry} was not kept: the lease of token {point.token} is gone.")
        crash_points.reach("snapshot.installed")

    def abandon(self, point: SnapshotPoint) -> None:
        """Remove what was written."""
        self._draft(point).unlink(missing_ok=True)

    def verified(self, shard: int) -> Sequence[SnapshotManifest]:
        """Return the verified ones, newest first."""
        with self._connect() as server:
            found = [each for each in server.manifests().values() if each.verified and each.shard == shard]
        return sorted(found, key=lambda each: (EntryId.parse(each.entry), each.epoch, each.token), reverse=True)

    def remove(self, name: str) -> None:
        """Remove one, if it is there."""
        (self.folder / name).unlink(missing_ok=True)

    def sweep(self, manifests: Mapping[str, SnapshotManifest], before: EntryId) -> None:
        """Remove files without a manifest, whole or not, of moments before an entry."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            parts = _NAME.fullmatch(path.name)
            if parts is not None and path.name not in manifests and EntryId.parse(parts[4]) < before:
                path.unlink(missing_ok=True)

    def _draft(self, point: SnapshotPoint) -> Path:
        return self.folder / f"{snapshot_name(point)}.tmp"


def check_snapshot(manifest: SnapshotManifest) -> Path:
    """Return the path of a snapshot's file after comparing it with its manifest.

    Raises:
        DataError: it is missing, or its bytes are others.
    """
    path = Path(manifest.path)
    try:
        size, digest, state_hash = _summary(path)
    except OSError as error:
        raise DataError(f"The snapshot {path} cannot be read ({error.strerror}); remove its manifest.") from error
    if (size, digest, f"{state_hash:016x}") != (manifest.size, manifest.digest, manifest.state_hash):
        raise DataError(f"The snapshot {path} is damaged: its bytes are not those of its manifest; do not use it.")
    return path


def _summary(path: Path) -> tuple[int, str, int]:
    """Sync a file; return its size, SHA-256 and last word."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < LEAST or size % 8:
            raise DataError(f"The snapshot {path} is cut off: it has {size:,} bytes.")
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(-8, os.SEEK_END)
        return size, digest, int.from_bytes(file.read(8), "little")
