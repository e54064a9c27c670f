"""Objects that name a key twice: two readers may each take another value, so nobody gets to choose."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

_PAIR = re.compile(rb'"\s*:')


def duplicate_key(body: bytes) -> str | None:
    """Return a key that an object of a valid JSON text has twice, None when there is none.

    Texts are cleared by counting: a text has as many colons as pairs, or more where they are in strings, and what was
    decoded of it has as many keys as pairs, or fewer where one was there twice. Are they equal, there is none. So it is
    enough to count some of the keys, and quickly: those of the outer object and of objects in its lists.
    """
    found = msgspec.json.decode(body)
    if body.count(b":") == _outer_keys(found) or len(_PAIR.findall(body)) == _keys(found):
        return None
    twice: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            twice.append(next(name for name in names if names.count(name) > 1))
        return made

    json.loads(body, object_pairs_hook=look)
    return twice[0] if twice else None


def duplicate_packed_key(body: bytes) -> str | None:
    """Return a key that a map of a valid MessagePack message has twice, None when there is none.

    Written anew, what was decoded is the same bytes if no pair was lost and all is written as shortly as can be, as
    most do. Only else is the message walked through.
    """
    if _pack(_unpack(body)) == body:
        return None
    return _walk(body, 0)[0]


_unpack, _pack = msgspec.msgpack.Decoder().decode, msgspec.msgpack.Encoder().encode
# By the first byte: bytes of the length that follows it, and bytes besides that length (of an extension its type).
_SIZED = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0)} | {
    0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1)
}  # fmt: skip
# Bytes after the first: floats, integers, extensions of a fixed size; nil and booleans have none.
_PLAIN = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8} | {
    0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17
}  # fmt: skip


def _walk(body: bytes, at: int) -> tuple[str | None, int]:
    """Return a key that is there twice in what begins at a place, and where that ends."""
    first = body[at]
    count, pairs, at = _counted(body, at)
    if count is None:
        if first in _SIZED:
            width, more = _SIZED[first]
            return None, at + width + more + int.from_bytes(body[at : at + width])
        short = first & 0x1F if 0xA0 <= first <= 0xBF else 0
        return None, at + short + _PLAIN.get(first, 0)
    seen, found = set[Any](), None
    for _ in range(count):
        if pairs:
            _, end = _walk(body, at)
            key = _unpack(body[at:end])
            if key in seen and found is None:
                found = str(key)
            seen.add(key)
            at = end
        within, at = _walk(body, at)
        found = within if found is None else found
    return found, at


def _counted(body: bytes, at: int) -> tuple[int | None, bool, int]:
    """Return of an array or map how much is in it, whether in pairs, and where that begins; of others None."""
    first = body[at]
    if 0x80 <= first <= 0x9F:
        return first & 0x0F, first < 0x90, at + 1
    if 0xDC <= first <= 0xDF:
        width = 2 if first in (0xDC, 0xDE) else 4
        return int.from_bytes(body[at + 1 : at + 1 + width]), first >= 0xDE, at + 1 + width
    return None, False, at + 1


def _outer_keys(value: Any) -> int:
    if type(value) is not dict:
        return 0
    lists = [each for each in value.values() if type(each) is list]
    return len(value) + sum([len(each) for items in lists for each in items if type(each) is dict])


def _keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_keys, value.values()))
    return sum(map(_keys, value)) if isinstance(value, list) else 0
