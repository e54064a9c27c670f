"""Decimals at the edge: exact or refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.errors import InputError
from arbitrax.trading.decimals import InexactError, Steps

SIZES = st.sampled_from(["0.01", "1", "0.25", "0.000001", "5", "0.05", "0.000000000001", "12.5"])
MOST = 1 << 44


def steps(size, most=MOST):
    return Steps(size, what="price", unit="tick", off="order.price_off_tick", most=most)


@given(size=SIZES, number=st.integers(-MOST, MOST))
def test_what_is_written_reads_as_the_same(size, number):
    codec = steps(size)
    text = codec.write(number)
    assert codec.read(text) == number
    assert Decimal(text) == number * Decimal(size)


@given(size=SIZES, value=st.decimals(-1_000_000, 1_000_000, places=6))
def test_reads_exactly_or_names_the_neighbours(size, value):
    text, codec = format(value, "f"), steps(size, 1 << 62)
    if value % Decimal(size) == 0:
        assert codec.read(text) * Decimal(size) == value
        return
    with pytest.raises(InexactError) as refused:
        codec.read(text)
    assert refused.value.refusal == "order.price_off_tick"
    neighbours = str(refused.value).partition("nearest are ")[2].split(" and ")
    below, above = (Decimal(each.strip(".")) for each in neighbours)
    assert below < value < above
    assert above - below == Decimal(size)


@pytest.mark.parametrize(
    "text",
    ["NaN", "1e400", "1e5", "Infinity", "-Infinity", "", " 1", "1 ", "+1", "1.", ".5", "01", "1_000", "1,5", "--1",
     "0x10", "\u0661", "1" * 41, "9" * 40, "0." + "0" * 37 + "11", "1\n", "\u22121", None, 1, 1.5, b"1"],
)  # fmt: skip
def test_refuses_what_is_no_plain_decimal_in_one_sentence(text):
    with pytest.raises(InputError) as refused:
        steps("0.01").read(text)
    sentence = str(refused.value)
    assert sentence.startswith("price=")
    assert len(sentence) < 200
    assert "\n" not in sentence


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        number = steps("0.01").read(text)
    except InputError:
        return
    assert Decimal(text) == number * Decimal("0.01")


@pytest.mark.parametrize("size", ["0", "-0.01", "0.0000000000001", "NaN", "1e-2"])
def test_refuses_sizes_that_are_none(size):
    with pytest.raises(InputError):
        steps(size)
