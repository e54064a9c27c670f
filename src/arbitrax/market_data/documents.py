"""Files to read, on their own or packed in a zip or gzip, in folders: found and checked, nothing unpacked to disk."""

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct

from arbitrax.domain.errors import DataError
from arbitrax.market_data.source import quoted, refuse

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

TEXT_SUFFIXES = (".csv", ".txt", ".tsv", ".prn", ".asc")
PARQUET_SUFFIXES = (".parquet", ".pq")
ARROW_SUFFIXES = (".arrow", ".feather", ".ipc")
DATA_SUFFIXES = (*TEXT_SUFFIXES, *PARQUET_SUFFIXES, *ARROW_SUFFIXES)
GZIP, ZIP = ".gz", ".zip"
SUFFIXES = (*DATA_SUFFIXES, GZIP, ZIP)

LARGEST = 2**30
"""Bytes of one packed file once unpacked, which is done in memory."""
DENSEST = 200
"""How many times smaller packed prices can be: real ones are packed to a third or a tenth."""
SMALL = 2**26
"""Bytes up to which nobody asks how densely they were packed."""
STORED, DEFLATED = 0, 8
LINK, TYPE_OF_FILE = 0o120000, 0o170000


class Document(Struct, frozen=True, eq=False):
    """One file of bars, not read yet."""

    name: str
    """As messages call it: ``AAPL.csv``, ``d_us_txt.zip/data/daily/us/aapl.us.txt``."""
    stem: str
    """Its own name without endings."""
    suffix: str
    """The ending that tells its kind, lower case; that of what is packed."""
    read: Callable[[], bytes]
    """Its content; DataError for a packed one that is damaged."""
    path: Path | None = None
    """Where it lies; None for a packed one."""


def documents(path: Path) -> Iterator[Document]:
    """Yield the files in a zip, by name, or the one file that a path is; each must be read before the next.

    Raises:
        DataError: the path is no file with an ending we read, cannot be read, or is an archive not to be trusted.
    """
    with readable(path):
        _check_path(path)
    suffix = path.suffix.lower()
    if suffix == ZIP:
        yield from _in_zip(path)
    elif suffix == GZIP:
        inner = path.with_suffix("")
        if inner.suffix.lower() in (*PARQUET_SUFFIXES, *ARROW_SUFFIXES, GZIP, ZIP):
            raise refuse(path.name, f"{inner.suffix} files are not read from a gzip archive", "unpack it first")
        text = inner.suffix.lower() in TEXT_SUFFIXES
        yield Document(path.name, inner.stem if text else inner.name, ".csv", partial(_gunzip, path))
    else:
        yield Document(path.name, path.stem, suffix, partial(_read, path), path)


@contextmanager
def readable(place: Path | str) -> Iterator[None]:
    """Turn what the system says of a file that cannot be read into a DataError."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f"{place} cannot be read ({reason}); check the path and its permissions.") from None


def readable_files(folder: Path) -> tuple[list[Path], int]:
    """Return the files in a folder and those below it that have an ending we read, by name, and how many have not.

    Hidden files and folders are passed over, and links to folders are not followed.

    Raises:
        DataError: there is no such file in it, or it cannot be read.
    """
    found: list[Path] = []
    others = 0

    def complain(error: OSError) -> None:
        raise DataError(f"{error.filename} cannot be read ({error.strerror}); check its permissions.")

    for place, folders, names in os.walk(folder, onerror=complain):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        for name in names:
            if _is_hidden(name):
                continue
            if Path(name).suffix.lower() in SUFFIXES:
                found.append(Path(place) / name)
            else:
                others += 1
    if not found:
        raise refuse(
            str(folder), f"the folder has no file with an ending we read, {', '.join(SUFFIXES)}", "name another"
        )
    return sorted(found), others


def _check_path(path: Path) -> None:
    """Refuse what is no file with an ending we know."""
    if path.is_dir():
        raise DataError(f"{path} is a folder; name one file in it.")
    if not path.exists():
        raise DataError(f"{path} does not exist; check the path.")
    if path.suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise DataError(f"{path.name}: the ending '{path.suffix}' is not one we read; use one of {known}.")


def _read(path: Path) -> bytes:
    with readable(path):
        return path.read_bytes()


def _gunzip(path: Path) -> bytes:
    """Return what is in a gzip archive."""
    import gzip

    with readable(path), path.open("rb") as file:
        most = min(LARGEST, max(SMALL, DENSEST * path.stat().st_size))
        try:
            with gzip.open(file) as archive:
                data = archive.read(most + 1)
        except EOFError:
            raise refuse(path.name, "the gzip archive ends too early", "download it again") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise refuse(path.name, f"this is no sound gzip archive ({error})", "download it again") from None
    if len(data) > most:
        raise refuse(path.name, f"it unpacks to more than {most:,} bytes", "unpack it yourself if you trust it")
    return data


def _in_zip(path: Path) -> Iterator[Document]:
    """Yield the readable files of a zip archive; nothing if one name or size in it is foul."""
    import struct
    import zipfile

    # A spoilt offset is an OSError too.
    damaged = (zipfile.BadZipFile, RuntimeError, ValueError, EOFError, OSError, struct.error, zlib.error)

    def content(archive: "ZipFile", info: "ZipInfo", name: str) -> bytes:
        try:
            return archive.read(info)
        except damaged as error:
            raise refuse(name, f"it is damaged ({quoted(str(error))})", "download the archive again") from None

    with readable(path):
        file = path.open("rb")
    with file:
        try:
            archive = zipfile.ZipFile(file)
        except damaged:
            raise refuse(path.name, "this is no whole zip archive", "download it again") from None
        with archive:
            for name, info in sorted(_trusted(path, archive.infolist()).items()):
                inner, shown = PurePosixPath(name), f"{path.name}/{name}"
                yield Document(shown, inner.stem, inner.suffix.lower(), partial(content, archive, info, shown))


def _trusted(path: Path, infos: "list[ZipInfo]") -> "dict[str, ZipInfo]":
    """Return the files that can be read, by name with / between folders; refuse the archive for any trick in it."""
    chosen: dict[str, ZipInfo] = {}
    for info in infos:
        name = info.filename.replace("\\", "/")
        parts = name.split("/")
        if name.startswith("/") or ".." in parts or ":" in parts[0] or not name.isprintable():
            raise refuse(
                path.name, f"the name {quoted(info.filename)} in it leads out of the archive", "do not trust it"
            )
        if info.external_attr >> 16 & TYPE_OF_FILE == LINK:
            raise refuse(path.name, f"{quoted(name)} in it is a link to another file", "do not trust it")
        if name.endswith("/") or any(map(_is_hidden, parts)) or PurePosixPath(name).suffix.lower() not in DATA_SUFFIXES:
            continue
        if name in chosen:
            raise refuse(path.name, f"{quoted(name)} is in it twice", "pack it again")
        if info.flag_bits & 1:
            raise refuse(path.name, f"{quoted(name)} in it is encrypted", "unpack it yourself")
        if info.compress_type not in (STORED, DEFLATED):
            raise refuse(path.name, f"{quoted(name)} in it is packed by a method we do not read", "unpack it yourself")
        dense = info.file_size > SMALL and info.file_size > DENSEST * info.compress_size
        if info.file_size > LARGEST or dense:
            what = f"{quoted(name)} in it unpacks from {info.compress_size:,} to {info.file_size:,} bytes"
            raise refuse(path.name, what, "unpack it yourself if you trust it")
        chosen[name] = info
    if not chosen:
        raise refuse(
            path.name, f"no file in it has an ending we read, {', '.join(DATA_SUFFIXES)}", "unpack it and look"
        )
    total = sum(info.file_size for info in chosen.values())
    if total > SMALL and total > DENSEST * path.stat().st_size:
        what = f"its {path.stat().st_size:,} bytes unpack to {total:,}"
        raise refuse(path.name, what, "unpack it yourself if you trust it")
    return chosen


def _is_hidden(name: str) -> bool:
    """Tell whether a file or folder is not meant to be seen: .DS_Store, __MACOSX."""
    return name.startswith(".") or name == "__MACOSX"
