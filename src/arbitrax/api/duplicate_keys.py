"""JSON objects that name a key twice: two readers may each take another value, so nobody gets to choose."""

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


def _outer_keys(value: Any) -> int:
    if type(value) is not dict:
        return 0
    lists = [each for each in value.values() if type(each) is list]
    return len(value) + sum([len(each) for items in lists for each in items if type(each) is dict])


def _keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_keys, value.values()))
    return sum(map(_keys, value)) if isinstance(value, list) else 0
