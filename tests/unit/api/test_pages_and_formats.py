"""Cursors, Accept, decimals, pointers."""

import math
import uuid
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.api.formats import accepted, decimal, decimals
from arbitrax.api.pages import page, read_cursor, write_cursor
from arbitrax.api.problems import RequestError, field_error


@given(st.one_of(st.integers(-(2**63), 2**63 - 1), st.text(max_size=50)))
def test_a_cursor_gives_its_place_back(place: int | str) -> None:
    text = write_cursor(place)
    assert text.isascii()
    assert read_cursor(text, type(place), least=-(2**63)) == place


@given(st.one_of(st.integers(max_value=-1), st.integers(min_value=2**63)))
def test_a_cursor_of_a_number_that_no_row_has_is_refused(place: int) -> None:
    with pytest.raises(RequestError, match="no cursor"):
        read_cursor(write_cursor(place), int)


def test_a_cursor_of_an_id() -> None:
    id = uuid.uuid4()
    assert read_cursor(write_cursor(id), uuid.UUID) == id


@pytest.mark.parametrize("text", ["", "x", "!!", "bnVsbA", "\u00e9", "e30"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        read_cursor(text, int)


def test_the_last_page_has_no_cursor() -> None:
    whole = page([1, 2, 3], 3, str, lambda row: row)
    assert (whole.data, whole.next_cursor, whole.has_more) == (["1", "2", "3"], None, False)
    part = page([1, 2, 3], 2, str, lambda row: row)
    assert (part.data, read_cursor(part.next_cursor, int), part.has_more) == (["1", "2"], 2, True)
    assert page([], 3, str, lambda row: row).data == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "json"),
        ("*/*", "json"),
        ("application/*", "json"),
        ("text/*", "csv"),
        ("text/csv", "csv"),
        ("TEXT/CSV ; Q=0.9 , application/json;q=0.1", "csv"),
        ("application/json;q=0.2, application/vnd.apache.parquet;q=0.3", "parquet"),
        ("application/json;q=0, */*;q=0.1", "arrow"),
        ("image/png, */*;q=0.01", "json"),
        ("text/csv;q=nonsense, application/json;q=0.1", "json"),
        (",,", "json"),
    ],
)
def test_the_format_that_is_liked_best(header: str | None, expected: str) -> None:
    request = SimpleNamespace(headers={} if header is None else {"accept": header})
    assert accepted(request) == expected  # type: ignore[arg-type]


def test_no_format_that_is_liked() -> None:
    with pytest.raises(RequestError, match="text/csv"):
        accepted(SimpleNamespace(headers={"accept": "image/png"}))  # type: ignore[arg-type]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_decimal_reads_back_as_the_same_number(number: float) -> None:
    text = decimal(number)
    assert text is not None
    assert "e" not in text
    assert math.copysign(1.0, float(text)) == math.copysign(1.0, number)
    assert float(text) == number


@given(st.lists(st.floats(allow_infinity=False), max_size=5))
def test_decimals_are_those_of_each(numbers: list[float]) -> None:
    assert decimals(np.array(numbers)) == [decimal(each) for each in numbers]


def test_a_missing_number_has_no_decimal() -> None:
    assert decimal(math.nan) is None


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    count: int


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    inner: list[Inner]
    by_name: dict[str, int] = {}


@pytest.mark.parametrize(
    ("text", "pointer", "code"),
    [
        ('{"inner": [{"count": "x"}]}', "/inner/0/count", "request.value"),
        ('{"inner": [{"count": 1, "more": 1}]}', "/inner/0/more", "request.unknown"),
        ('{"inner": [{"count": 1}, {}]}', "/inner/1/count", "request.missing"),
        ('{"inner": [], "a/b~c": 1}', "/a~1b~0c", "request.unknown"),
        ("[]", "", "request.value"),
        ('{"inner": 5}', "/inner", "request.value"),
    ],
)
def test_a_pointer_leads_to_what_is_wrong(text: str, pointer: str, code: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(text, type=Outer)
    found = field_error(caught.value)
    assert (found.pointer, found.code) == (pointer, code)


def test_who_writes_a_field_wrongly_is_not_told_a_regular_expression() -> None:
    from arbitrax.api.messages.orders import NewOrder

    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode('{"symbol": "AAPL", "side": "buy", "price": "abc"}', type=NewOrder)
    found = field_error(caught.value)
    assert (found.pointer, found.code) == ("/price", "request.value")
    assert found.detail == "It is not written as this field is; /docs shows an example."
