"""JSON objects that name a key twice: two readers may each take another value, so nobody gets to choose."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

_PAIR = re.compile(rb'"\s*:')


def duplicate_key(body: bytes) -> str | None:
    """Return a key that an object of a valid JSON text has twice, None when there is none.

    Most texts are cleared by counting: quotes before colons are as many as its pairs, or more where they are text.
    """
    if len(_PAIR.findall(body)) == _keys(msgspec.json.decode(body)):
        return None
    found: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            found.append(next(name for name in names if names.count(name) > 1))
        return made

    json.loads(body, object_pairs_hook=look)
    return found[0] if found else None


def _keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_keys, value.values()))
    return sum(map(_keys, value)) if isinstance(value, list) else 0
