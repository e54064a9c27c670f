import math
import struct
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arbitrax.domain.errors import ArbitraxError
from arbitrax.kernels import csv_reader as kernel
from arbitrax.market_data.csv_file import read_table
from arbitrax.market_data.csv_rows import Text, read_rows
from arbitrax.market_data.date_formats import ISO, DateFormat
from arbitrax.market_data.table import build_series
from tests.oracles.csv_oracle import EPOCH, instant_ns, read_bars

TIMED = DateFormat(kernel.YEAR_MONTH_DAY, timed=True)
HEADER = "date,open,high,low,close,volume\n"

digits = st.text("0123456789", min_size=1, max_size=30)
numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(1e-4, 1e6).map(lambda value: f"{value:.6f}"),
    st.integers(-(10**25), 10**25).map(str),
    st.builds("{}{}.{}".format, st.sampled_from(["", "-", "+"]), digits, digits),
    st.builds("{}.{}e{}".format, digits, digits, st.integers(-340, 320)),
    st.builds(".{}E+{}".format, digits, st.integers(0, 300)),
)


def halfway(mantissa, exponent):
    """Return the exact decimal half-way between two neighbouring doubles."""
    odd = 2 * mantissa + 1
    return str(odd << exponent) if exponent >= 0 else f"{odd * 5**-exponent}e{exponent}"


def columns_of(values, role, date_format=ISO):
    data = "\n".join(values).encode()
    return read_rows(Text(data, 0, 1, ",", 1, {role: 0}), date_format)


@given(st.lists(numbers, min_size=1, max_size=50))
@example(
    [
        "9007199254740993",
        "9007199254740992.9999999999",
        "1e23",
        "8.5e-22",
        "5e-324",
        "2.2250738585072011e-308",
    ]
)
@example(["0.000000000000000000000000000000000000000000000000000000000000000000000001", "-0.0", "1e-400"])
def test_numbers_equal_float(texts):
    rows = columns_of(texts, "open")
    expected = [float(text) for text in texts]
    finite = [value for value in expected if math.isfinite(value)]
    assert rows.problems["rows"].sum() == len(expected) - len(finite)
    read = [value for value in rows.floats[0].tolist() if not math.isnan(value)]
    assert [struct.pack("d", value) for value in read] == [struct.pack("d", value) for value in finite]


@given(st.lists(st.builds(halfway, st.integers(1 << 52, (1 << 53) - 1), st.integers(-20, 40)), min_size=1))
def test_ties_go_to_even_as_in_float(texts):
    rows = columns_of(texts, "open")
    assert rows.floats[0].tolist() == [float(text) for text in texts]


@given(st.text("0123456789.eE+-$ _xnaif", max_size=12))
def test_what_float_refuses_is_a_problem(text):
    try:
        valid = math.isfinite(float(text)) and "_" not in text
    except ValueError:
        valid = False
    rows = columns_of([text], "open")
    if len(rows.lines) and "$" not in text:
        assert (rows.problems["rows"].sum() == 0) == valid


moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 12, 31, 23, 59, 59))
offsets = st.sampled_from(["", "Z", "+00:00", "-05:00", "+05:30", "+14:00", "-11:00"])


@given(st.lists(st.tuples(moments, st.sampled_from("T "), offsets), min_size=1, max_size=30))
def test_stamps_equal_datetime(stamps):
    texts = [moment.isoformat(sep) + offset for moment, sep, offset in stamps]
    rows = columns_of(texts, "date", TIMED)
    assert rows.problems["rows"].sum() == 0
    known = np.where(rows.offsets == kernel.NO_OFFSET, 0, rows.offsets)
    assert (rows.stamps - known.astype(np.int64) * 60_000_000_000).tolist() == [instant_ns(text) for text in texts]


layouts = {
    "%Y-%m-%d": ISO,
    "%Y%m%d": DateFormat(kernel.COMPACT),
    "%m/%d/%Y": DateFormat(kernel.MONTH_DAY_YEAR, "/"),
    "%d.%m.%Y": DateFormat(kernel.DAY_MONTH_YEAR, "."),
    "%Y%m%d %H%M%S": DateFormat(kernel.COMPACT, timed=True),
}


@given(st.sampled_from(sorted(layouts)), moments)
def test_layouts_equal_strftime(pattern, moment):
    rows = columns_of([moment.strftime(pattern)], "date", layouts[pattern])
    expected = datetime.strptime(moment.strftime(pattern), pattern).replace(tzinfo=UTC)
    assert rows.problems["rows"].sum() == 0
    assert rows.stamps[0] == round((expected - EPOCH).total_seconds()) * 10**9


@given(st.integers(1890, 2210), st.integers(0, 14), st.integers(0, 33))
def test_dates_exist_exactly_as_in_the_calendar(year, month, day):
    try:
        valid = 1900 <= datetime(year, month, day).year <= 2200
    except ValueError:
        valid = False
    rows = columns_of([f"{year}-{month:02}-{day:02}"], "date")
    assert (rows.problems["rows"].sum() == 0) == valid


prices = st.floats(0.01, 1e6)
bars = st.builds(
    lambda minute, quote, spread, volume: (minute, quote + spread, quote, volume),
    st.integers(0, 500), prices, prices, st.floats(0, 1e12),
)  # fmt: skip


@given(st.lists(bars, min_size=3, max_size=40, unique_by=lambda bar: bar[0]), st.data())
def test_files_equal_the_oracle(records, data):
    twice = records + data.draw(st.lists(st.sampled_from(records), max_size=5))
    order = data.draw(st.permutations(twice))
    end = data.draw(st.sampled_from(["\n", "\r\n", "\n\n"]))
    quote = data.draw(st.sampled_from(["", '"']))
    text = HEADER
    for minute, high, low, volume in order:
        stamp = f"2020-01-02 {minute // 60:02}:{minute % 60:02}:00Z"
        text += ",".join(f"{quote}{value}{quote}" for value in (stamp, low, high, low, high, volume)) + end
    expected = read_bars(text)
    table = read_table(text.encode(), "file.csv").table
    (series,) = build_series(table, symbol=None, default="X", timezone=None, interval="1m")
    assert series.bars.timestamp.tolist() == expected.timestamp
    assert {name: getattr(series.bars, name).tolist() for name in expected.columns} == expected.columns
    assert series.duplicates_dropped == expected.duplicates_dropped
    assert series.rows_reordered == expected.rows_reordered


def attempt(data):
    """Read bytes as a file: bars, or one sentence of ours, and nothing else."""
    message = ""
    try:
        table = read_table(data, "file.csv").table
        build_series(table, symbol=None, default="X", timezone="America/New_York", interval=None)
    except ArbitraxError as error:
        message = str(error)
    assert "\n" not in message


@given(st.binary(max_size=300))
@example(b"\x1c")
@example(b"\x0b\n1")
@example(b"\xef\xbb\xbf\n")
def test_any_bytes_are_read_or_refused(data):
    attempt(data)


@given(st.text("0123456789,;\t\n\r\"'-/: .eTZ+$abDdOo", max_size=300))
def test_any_rows_are_read_or_refused(text):
    attempt(HEADER.encode() + text.encode())
    attempt(b"Date\tTime\tTicker\tO\tH\tL\tC\n" + text.encode())


good = (HEADER + "".join(f"2020-01-02 10:{k:02}:00,10,12,9,11,{k}\n" for k in range(5))).encode()


@given(st.integers(0, len(good) - 1), st.binary(max_size=4), st.integers(0, 4))
def test_any_damage_is_read_or_refused(at, inserted, cut):
    attempt(good[:at] + inserted + good[at + cut :])


@pytest.mark.parametrize("length", [1, 15, 16, 17, 18, 19, 20, 21, 40, 800])
def test_mantissas_of_every_length(length):
    texts = [
        ("123456789" * 100)[:length],
        "9" * length,
        "0." + "0" * 5 + "987654321" * (length // 9 + 1),
        "1" + "0" * length,
    ]
    rows = columns_of(texts, "open")
    expected = [float(text) for text in texts]
    assert [v for v in rows.floats[0].tolist() if not math.isnan(v)] == [v for v in expected if math.isfinite(v)]
