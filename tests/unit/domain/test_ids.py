from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.errors import InputError
from arbitrax.domain.ids import decode, encode, new_uuid


@given(st.integers(0, 2**128 - 1).map(lambda n: UUID(int=n)))
def test_text_reads_back(value):
    assert decode("bt", encode("bt", value)) == value


@given(st.integers(0, 2**62), st.integers(0, 2**62))
def test_text_sorts_by_time(a, b):
    if a // 1_000_000 != b // 1_000_000:
        assert (a < b) == (encode("bt", new_uuid(a)) < encode("bt", new_uuid(b)))


def test_uuid_is_of_version_seven():
    made = new_uuid(1_700_000_000_000_000_000, bytes(10))
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


@pytest.mark.parametrize(
    "text", ["", "bt_", "ord_00000000000000000000000000", "bt_0000", "bt_" + "Z" * 26, "bt_" + "I" * 26]
)
def test_other_text_is_refused_with_what_ids_look_like(text):
    with pytest.raises(InputError, match="ids look like bt_"):
        decode("bt", text)


def test_lower_case_is_accepted():
    value = new_uuid(1)
    assert decode("bt", encode("bt", value).replace("bt_", "").lower().join(["bt_", ""])) == value
