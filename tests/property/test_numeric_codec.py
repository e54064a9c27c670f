"""The codec of NUMERIC writes what ``repr`` prints, for any double."""

import math
import struct

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from arbitrax.kernels.numeric_codec import MAX_NUMERIC_BYTES, encode_rows
from tests.oracles.numeric import expected, read_fields

BITS = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0])
PRICES = st.floats(1e-6, 1e6)
CENTS = st.integers(1, 10**9).map(lambda cents: cents / 100)
SINGLES = st.floats(2.0**-10, 2.0**17, width=32)
"""What vendors send whose prices were once 32-bit floats: 17 digits each."""


def encode(values: list[float]) -> bytes:
    amounts = np.array([values], np.float64).T.copy()
    out = np.empty(12 + len(values) * MAX_NUMERIC_BYTES, np.uint8)
    written = encode_rows(b"", b"", np.zeros(1, np.int64), amounts, 0, 1, out)
    return out[12:written].tobytes()


@given(st.lists(st.one_of(BITS, PRICES, CENTS, SINGLES, st.floats()), min_size=1, max_size=50))
@example([0.0, -0.0, math.nan, math.inf, -math.inf])
@example([5e-324, 1.7976931348623157e308, 2.2250738585072014e-308])
@example([1e15, 999999999999999.9, 1e-5, 9.999999999999999e-06, 1e22, 1e23, 9007199254740993.0, 0.1 + 0.2])
@example([2.0**power for power in range(-80, 80)])
@example([math.nextafter(2.0**power, math.inf) for power in range(-80, 80)])
@example([math.nextafter(2.0**power, 0.0) for power in range(-80, 80)])
@example([10.0**power for power in range(-30, 30)])
@example([math.nextafter(10.0**power, 0.0) for power in range(-30, 30)])
def test_any_double_becomes_the_decimal_its_repr_prints(values: list[float]) -> None:
    assert read_fields(encode(values)) == [expected(value) for value in values]


@given(
    st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), CENTS), min_size=1, max_size=20),
    st.binary(max_size=30),
    st.binary(max_size=30),
    st.data(),
)
def test_a_row_is_head_stamp_amounts_tail(
    rows: list[tuple[int, float]], head: bytes, tail: bytes, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(rows) - 1))
    last = data.draw(st.integers(first + 1, len(rows)))
    stamps = np.array([stamp for stamp, _ in rows], np.int64)
    amounts = np.array([[amount for _, amount in rows]])
    out = np.empty((last - first) * (len(head) + 12 + MAX_NUMERIC_BYTES + len(tail)), np.uint8)
    written = encode_rows(head, tail, stamps, amounts, first, last, out)
    wanted = b"".join(
        head + struct.pack(">iq", 8, stamp) + encode([amount]) + tail for stamp, amount in rows[first:last]
    )
    assert out[:written].tobytes() == wanted


def test_a_small_buffer_or_rows_that_are_not_there_are_refused() -> None:
    stamps, amounts = np.zeros(3, np.int64), np.ones((1, 3))
    room = np.empty(3 * (12 + MAX_NUMERIC_BYTES), np.uint8)
    assert encode_rows(b"", b"", stamps, amounts, 0, 3, room[:-1].copy()) == -1
    for first, last in ((0, 4), (-1, 1), (2, 2), (2, 1)):
        assert encode_rows(b"", b"", stamps, amounts, first, last, room) == -1
