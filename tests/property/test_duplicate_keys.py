"""A message that names a key twice is found, however it is written, and no other is."""

import json
import struct
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.api.duplicate_keys import duplicate_key, duplicate_packed_key

TEXTS = st.text(alphabet='ab:"\\ \u00e9', max_size=4)
SPACES = st.sampled_from(["", " ", "\n"])
VALUES = st.recursive(
    st.one_of(st.none(), st.integers(0, 9), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.lists(st.tuples(TEXTS, inner), max_size=3).map(tuple)),
    max_leaves=8,
)
"""Tuples are objects: pairs, whose names may be the same."""


def is_object(value: Any) -> bool:
    return isinstance(value, tuple)


def written(value: Any, space: str) -> str:
    if is_object(value):
        pairs = [f"{json.dumps(name)}{space}:{space}{written(each, space)}" for name, each in value]
        return "{" + f"{space},".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(each, space) for each in value) + "]"
    return json.dumps(value)


def doubles(value: Any) -> set[str]:
    if is_object(value):
        names = [name for name, _ in value]
        inner = set().union(*(doubles(each) for _, each in value))
        return inner | {name for name in names if names.count(name) > 1}
    return set().union(*map(doubles, value)) if isinstance(value, list) else set()


@given(VALUES, SPACES)
def test_a_key_is_found_that_is_there_twice(value: Any, space: str) -> None:
    found = duplicate_key(written(value, space).encode())
    assert (found in doubles(value)) if doubles(value) else found is None


PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(-(1 << 63), (1 << 64) - 1), st.floats(allow_nan=False), TEXTS,
    st.binary(max_size=40), st.text(max_size=300), st.builds(msgspec.msgpack.Ext, st.integers(0, 99), st.binary()),
)  # fmt: skip
PACKED_VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=20), st.lists(st.tuples(TEXTS, inner), max_size=20).map(tuple)),
    max_leaves=30,
)


def packed(value: Any, *, widest: bool) -> bytes:
    """Write a value as shortly as can be, or with lengths and numbers as wide as can be."""
    if is_object(value) or isinstance(value, list):
        kinds = (0x80, 0xDE, 0xDF) if is_object(value) else (0x90, 0xDC, 0xDD)
        parts = [each for pair in value for each in pair] if is_object(value) else value
        body = b"".join(packed(each, widest=widest) for each in parts)
        if widest:
            return bytes([kinds[2]]) + struct.pack(">I", len(value)) + body
        short = len(value) < 16
        head = bytes([kinds[0] | len(value)]) if short else bytes([kinds[1]]) + struct.pack(">H", len(value))
        return head + body
    if widest and isinstance(value, str):
        return b"\xdb" + struct.pack(">I", len(value.encode())) + value.encode()
    if widest and isinstance(value, bytes):
        return b"\xc6" + struct.pack(">I", len(value)) + value
    if widest and isinstance(value, int) and not isinstance(value, bool) and value < 1 << 63:
        return b"\xd3" + struct.pack(">q", value)
    return msgspec.msgpack.encode(value)


@given(PACKED_VALUES, st.booleans())
def test_a_packed_key_is_found_that_is_there_twice(value: Any, widest: bool) -> None:
    found = duplicate_packed_key(packed(value, widest=widest))
    assert (found in doubles(value)) if doubles(value) else found is None


def test_a_number_that_grows_when_it_is_written_anew_hides_no_key() -> None:
    message = b"\x83\xa1a\x01\xa1a\x02\xa1b\xca\x3f\x80\x00\x00"  # {"a": 1, "a": 2, "b": 1 in 4 bytes}
    assert duplicate_packed_key(message) == "a"
