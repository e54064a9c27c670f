import numpy as np
import pytest

from arbitrax.kernels import csv_reader as kernel
from arbitrax.market_data.csv_rows import Text, read_rows
from arbitrax.market_data.date_formats import ISO, DateFormat

ROLES = {"date": 0, "open": 1}


def read(text, roles=ROLES, date_format=ISO, delimiter=",", width=None):
    return read_rows(Text(text.encode(), 0, 1, delimiter, width or max(roles.values()) + 1, roles), date_format)


def problem(rows, code, column):
    return tuple(rows.problems[code, column].tolist())


def test_reads_columns_lines_and_stamps():
    rows = read("2020-01-02,1.5\n\n2020-01-03,2\n")
    assert rows.floats[kernel.OPEN].tolist() == [1.5, 2.0]
    assert rows.lines.tolist() == [1, 3]
    assert rows.stamps.tolist() == [1577923200 * 10**9, 1578009600 * 10**9]
    assert set(rows.offsets.tolist()) == {kernel.NO_OFFSET}
    assert rows.problems["rows"].sum() == 0


@pytest.mark.parametrize("text", ["", "\n", "  \n\t\n\r\n"])
def test_no_rows(text):
    assert len(read(text).lines) == 0


@pytest.mark.parametrize(("end", "last"), [("\n", ""), ("\n", "\n"), ("\r\n", "\r\n"), ("\r", "\r"), ("\r", "")])
def test_line_ends(end, last):
    rows = read(f"2020-01-02,1{end}2020-01-03,2{last}")
    assert rows.lines.tolist() == [1, 2]
    assert rows.floats[0].tolist() == [1, 2]


def test_a_problem_holds_the_first_place_and_the_count():
    text = "2020-01-02,1\n2020-01-03, abc \n2020-01-04,def\n"
    count, line, start, length = problem(read(text), kernel.TEXT, 1)
    assert (count, line) == (2, 2)
    assert text[start : start + length] == "abc"


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("", kernel.EMPTY),
        ('""', kernel.EMPTY),
        ("null", kernel.EMPTY),
        ("N/A", kernel.EMPTY),
        ("--", kernel.EMPTY),
        ("nan", kernel.EMPTY),
        ("-inf", kernel.NOT_FINITE),
        ("Infinity", kernel.NOT_FINITE),
        ("1e309", kernel.NOT_FINITE),
        ("1.2.3", kernel.TEXT),
        ("1e", kernel.TEXT),
        ("1e+", kernel.TEXT),
        (".", kernel.TEXT),
        ("$", kernel.TEXT),
        ("+-1", kernel.TEXT),
        ("1 2", kernel.TEXT),
        ('"1"x', kernel.TEXT),
    ],
)
def test_codes_of_numbers(field, code):
    rows = read(f"2020-01-02,{field}\n")
    assert problem(rows, code, 1)[0] == 1
    assert rows.problems["rows"].sum() == 1
    assert np.isnan(rows.floats[0, 0])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("$1.50", 1.5),
        ("-$2", -2),
        ("+3", 3),
        (" 4 ", 4),
        ('"5"', 5),
        (".5", 0.5),
        ("6.", 6),
        ("1E3", 1000),
        ("-0", 0),
    ],
)
def test_forms_of_numbers(field, value):
    assert read(f"2020-01-02,{field}\n").floats[0, 0] == value


def test_ragged_rows_tell_how_many_fields():
    rows = read("2020-01-02,1\n2020-01-03\n2020-01-03,1,2\n2020-01-04,1,\n")
    count, line, _, fields = problem(rows, kernel.RAGGED, 2)
    assert (count, line, fields) == (2, 2, 1)


def test_a_quote_never_closed():
    rows = read('2020-01-02,1\n2020-01-03,"1\n2020-01-04,1')
    assert problem(rows, kernel.UNTERMINATED, 2)[:2] == (1, 2)


def test_symbols_are_numbered_by_first_appearance():
    names = ["B", "A", "B", "", '"C""D"', "A" * 50]
    rows = read("".join(f"{name},1\n" for name in names), {"symbol": 0, "open": 1})
    assert rows.symbols == ("B", "A", 'C"D', "A" * 50)
    assert [rows.symbol_of_row[k] for k in (0, 1, 2, 4, 5)] == [0, 1, 0, 2, 3]
    assert problem(rows, kernel.EMPTY, 0)[:2] == (1, 4)


def test_many_symbols():
    names = [f"S{k * 7919 % 3000}" for k in range(9000)]
    rows = read("".join(f"{name},1\n" for name in names), {"symbol": 0, "open": 1})
    assert [rows.symbols[number] for number in rows.symbol_of_row] == names
    assert len(rows.symbols) == 3000


def test_time_may_stand_before_the_date():
    rows = read("09:30:15.25,2020-01-02\n", {"time": 0, "date": 1})
    assert rows.stamps[0] == 1577923200 * 10**9 + (9 * 3600 + 30 * 60 + 15) * 10**9 + 250_000_000


@pytest.mark.parametrize("text", ["09", "9", "093", "25:00", "09:61", "09:30:", "09:30:1", "09:30:00.", "9:30 PM"])
def test_times_that_are_none(text):
    assert problem(read(f"{text},2020-01-02\n", {"time": 0, "date": 1}), kernel.BAD_STAMP, 0)[0] == 1


def test_epochs_are_handed_on_as_written():
    rows = read("9223372036854775807\n-1\n99.00\n", {"date": 0}, DateFormat(kernel.EPOCH))
    assert problem(rows, kernel.BAD_YEAR, 0)[0] == 1
    assert rows.stamps.tolist()[1:] == [-1, 99]


def test_too_little_room_is_told_and_nothing_is_written_beyond_it():
    def call(capacity):
        empty, none = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int64)
        lines = np.empty(capacity, dtype=np.int64)
        return kernel.read_rows(
            b"1\n2\n3\n", 0, 1, ord(","), np.zeros(1, dtype=np.int32), 0, ord("-"), False,
            np.empty((kernel.FLOATS, capacity)), np.empty(capacity, dtype=np.int64),
            np.empty(capacity, dtype=np.int32), lines, empty, empty, none, none,
            np.zeros((kernel.PROBLEMS, 2), dtype=kernel.PROBLEM),
        )  # fmt: skip

    assert [call(0), call(2), call(3)] == [-1, -1, 3]
