"""On whose behalf commands are in the journal, as bytes beside them: for the audit log. No engine reads it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from msgspec import Struct, msgpack


class Origin(Struct, frozen=True, array_like=True):
    """A request of somebody."""

    user: bytes
    """16 bytes of the id."""
    key: bytes | None = None
    """16 bytes of the API key's id; None: signed in."""
    address: str | None = None
    request: str | None = None
    """Its id."""


_encode = msgpack.Encoder().encode
_decode = msgpack.Decoder(list[tuple[int, Origin | None]]).decode


def written_origins(origins: Sequence[Origin | None]) -> bytes:
    """Return the origin of each command of an entry as bytes, a request once; empty: nobody's."""
    runs = [(sum(1 for _ in run), each) for each, run in groupby(origins)]
    return _encode(runs) if any(each for _, each in runs) else b""


def read_origins(packed: bytes) -> list[tuple[int, Origin | None]]:
    """Return how many commands in a row are of each request."""
    return _decode(packed) if packed else []
