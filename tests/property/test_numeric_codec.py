"""The codec of NUMERIC writes what ``repr`` prints, for any double."""

import math
import struct

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from arbitrax.kernels.numeric_codec import MAX_NUMERIC_BYTES, decode_array, encode_rows
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


def numeric(text: str) -> bytes:
    """Return a decimal as PostgreSQL sends it, zeros at both ends left out or not being the server's business."""
    sign = 0x4000 if text.startswith("-") else 0
    whole, _, fraction = text.lstrip("-").partition(".")
    whole = whole.rjust(-(-len(whole) // 4) * 4, "0")
    padded = fraction.ljust(-(-len(fraction) // 4) * 4, "0")
    groups = [int((whole + padded)[place : place + 4]) for place in range(0, len(whole + padded), 4)]
    weight = len(whole) // 4 - 1
    while groups and groups[0] == 0:
        groups, weight = groups[1:], weight - 1
    while groups and groups[-1] == 0:
        groups = groups[:-1]
    if not groups:  # there is no negative zero
        weight = sign = 0
    body = struct.pack(f">hhHh{len(groups)}h", len(groups), weight, sign, len(fraction), *groups)
    return struct.pack(">i", len(body)) + body


def decode(data: bytes, elements: int) -> list[float]:
    out = np.empty(elements, np.float64)
    assert decode_array(np.frombuffer(data, np.uint8), out) == len(data)
    return out.tolist()


def same(ours: list[float], theirs: list[float]) -> bool:
    return np.array(ours).tobytes() == np.array(theirs).tobytes()


@given(st.lists(st.one_of(BITS, PRICES, CENTS, SINGLES, st.floats()), min_size=1, max_size=50))
@example([5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, 0.0, 1e22, 1e23, 9007199254740993.0])
@example([2.0**power for power in range(-80, 80)])
@example([math.nextafter(2.0**power, 0.0) for power in range(-80, 80)])
@example([10.0**power for power in range(-30, 30)])
@example([math.nextafter(10.0**power, 0.0) for power in range(-30, 30)])
def test_what_was_written_reads_back_bit_for_bit(values: list[float]) -> None:
    wanted = [math.nan if math.isnan(value) else value + 0.0 for value in values]  # -0.0 has become 0
    assert same(decode(encode(values), len(values)), wanted)


DIGITS = st.text("0123456789", min_size=1, max_size=40)
DECIMALS = st.builds("{}{}.{}".format, st.sampled_from(["", "-"]), DIGITS, DIGITS)
HALF_WAY = st.builds(
    lambda whole, power: f"{2 * whole + 1}{'0' * power}.0", st.integers(2**52, 2**53), st.integers(0, 9)
)
"""Integers just between two doubles, from 2**53 on."""


@given(st.lists(st.one_of(DECIMALS, HALF_WAY), min_size=1, max_size=30))
@example(["9007199254740993.0", "9007199254740993.00000000000000001", "9007199254740992.99999"])
@example(["0.5000000000000000277", "1.00000000000000011102230246251565404236316680908203125", "123456789012345678.9"])
@example([f"{'0' * zeros}1.{'0' * zeros}1" for zeros in range(20)])
def test_any_decimal_reads_as_the_nearest_double(texts: list[str]) -> None:
    wanted = [float(text) + 0.0 for text in texts]
    assert same(decode(b"".join(numeric(text) for text in texts), len(texts)), wanted)


@given(st.lists(CENTS, min_size=1, max_size=5), st.data())
def test_damaged_arrays_are_refused(values: list[float], data: st.DataObject) -> None:
    whole = encode(values)
    out = np.empty(len(values), np.float64)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    assert decode_array(np.frombuffer(cut, np.uint8), out) == -1
    assert decode_array(np.frombuffer(whole, np.uint8), np.empty(len(values) + 1, np.float64)) == -1
    longer = struct.pack(">i", 2**30) + whole[4:]
    assert decode_array(np.frombuffer(longer, np.uint8), out) == -1
    assert decode_array(np.empty(0, np.uint8), np.empty(0, np.float64)) == 0


def test_nulls_nans_and_infinities_of_an_array_are_read() -> None:
    data = encode([math.nan, math.inf, -math.inf, 1.5]) + struct.pack(">ihhHh", 8, 0, 0, 0xC000, 0)
    assert same(decode(data, 5), [math.nan, math.inf, -math.inf, 1.5, math.nan])
