"""A JSON text that names a key twice is found, however the text is written, and no other is."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from arbitrax.api.duplicate_keys import duplicate_key

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
