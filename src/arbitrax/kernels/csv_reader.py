"""Read delimited text into columns: one pass, no Python objects, the GIL released.

Shapes: every output holds ``capacity`` rows, of which the first ``rows`` are filled. Floats are (FLOATS, capacity)
float64, stamps (capacity,) int64 nanoseconds since 1970-01-01 on the clock of the source (EPOCH: the integer as
written), offsets (capacity,) int32 minutes east of UTC or NO_OFFSET, lines (capacity,) int64 counted from 1.

Nothing is raised: what cannot be read is counted in ``problems[code, column]`` (PROBLEM records; the last column stands
for whole rows) with the place of the first such field, and reading goes on. The caller must not use the columns when
a code is counted for them.

Numbers are rounded as Python's ``float`` rounds them: exact products and quotients of doubles where those suffice
(Clinger 1990), else 128-bit products with powers of five (Lemire, "Number Parsing at a Gigabyte per Second", 2021;
proof that up to 19 digits need no second try: Mushtak and Lemire, 2023), else ``float`` itself.

Every read of the text lies within a field, whose ends are found first; the sanitizer build checks it.
"""

import cython
import numpy as np
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH

SOURCE_HASH: str = ARBITRAX_SOURCE_HASH.decode()

# Roles of a file's columns; 0 to FLOATS - 1 are rows of `floats`.
OPEN, HIGH, LOW, CLOSE, VOLUME, ADJ_CLOSE, TICK_VOLUME, DATE, TIME, SYMBOL = range(10)
FLOATS = 7
IGNORED = -1

# Layouts of a date; all but COMPACT and EPOCH use the separator given.
YEAR_MONTH_DAY, MONTH_DAY_YEAR, DAY_MONTH_YEAR, COMPACT, EPOCH = range(5)

# What can be wrong with a field or row.
RAGGED, UNTERMINATED, EMPTY, TEXT, NOT_FINITE, BAD_STAMP, BAD_YEAR = range(7)
PROBLEMS = 7

NO_OFFSET = -32768
FIRST_YEAR, LAST_YEAR = 1900, 2200

PROBLEM = np.dtype([("rows", np.int64), ("line", np.int64), ("start", np.int64), ("length", np.int64)], align=True)
"""rows: how many have it; line, start, length: the first such field (RAGGED: length is the fields found)."""

Problem = cython.struct(rows=cython.longlong, line=cython.longlong, start=cython.longlong, length=cython.longlong)
# One field of the text, and where the scan stands.
Scan = cython.struct(
    text=cython.pointer(cython.const[cython.uchar]),
    size=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    begin=cython.Py_ssize_t,
    end=cython.Py_ssize_t,
    line=cython.longlong,
    breaks=cython.longlong,
    last=cython.bint,
    closed=cython.bint,
)
Moment = cython.struct(ns=cython.longlong, offset=cython.int)

# The same numbers as above, for the compiler.
_NONE = cython.declare(cython.int, -1)
_FLOATS = cython.declare(cython.int, FLOATS)
_DATE = cython.declare(cython.int, DATE)
_TIME = cython.declare(cython.int, TIME)
_SYMBOL = cython.declare(cython.int, SYMBOL)
_YMD = cython.declare(cython.int, YEAR_MONTH_DAY)
_MDY = cython.declare(cython.int, MONTH_DAY_YEAR)
_COMPACT = cython.declare(cython.int, COMPACT)
_EPOCH = cython.declare(cython.int, EPOCH)
_RAGGED = cython.declare(cython.int, RAGGED)
_UNTERMINATED = cython.declare(cython.int, UNTERMINATED)
_EMPTY = cython.declare(cython.int, EMPTY)
_TEXT = cython.declare(cython.int, TEXT)
_NOT_FINITE = cython.declare(cython.int, NOT_FINITE)
_BAD_STAMP = cython.declare(cython.int, BAD_STAMP)
_BAD_YEAR = cython.declare(cython.int, BAD_YEAR)
_NO_OFFSET = cython.declare(cython.int, NO_OFFSET)
_FIRST_YEAR = cython.declare(cython.int, FIRST_YEAR)
_LAST_YEAR = cython.declare(cython.int, LAST_YEAR)
_SECOND = cython.declare(cython.longlong, 1_000_000_000)
_DAY = cython.declare(cython.longlong, 86_400_000_000_000)
_TOP_BIT = cython.declare(cython.ulonglong, 0x8000000000000000)
_HIDDEN_BIT = cython.declare(cython.ulonglong, 1 << 52)
_MOST_EXACT = cython.declare(cython.ulonglong, 1 << 53)
_FNV_BASIS = cython.declare(cython.ulonglong, 14695981039346656037)
_FNV_PRIME = cython.declare(cython.ulonglong, 1099511628211)
_EPOCH_LIMIT = cython.declare(cython.longlong, 900_000_000_000_000_000)
_NAN = cython.declare(cython.double, float("nan"))

# Exact powers of ten, and 128-bit approximations of powers of five for exponents -_WIDE to _WIDE.
_WIDE = cython.declare(cython.int, 64)
_TEN = cython.declare(cython.double[23])
_FIVE_HIGH = cython.declare(cython.ulonglong[129])
_FIVE_LOW = cython.declare(cython.ulonglong[129])


def _five(exponent):
    """Return the leading 128 bits of ``5 ** exponent``, rounded as the proof requires."""
    power = 5 ** abs(exponent)
    if exponent >= 0:
        return power << (128 - power.bit_length()) if power.bit_length() <= 128 else power >> (power.bit_length() - 128)
    bits = (power - 1).bit_length()
    if exponent >= -27:
        return (1 << (bits + 127)) // power + 1
    value = (1 << (2 * bits + 128)) // power + 1
    return value >> (value.bit_length() - 128)


def _fill_tables():
    k: cython.int
    for k in range(23):
        _TEN[k] = float(10**k)
    for k in range(129):
        value = _five(k - 64)
        _FIVE_HIGH[k] = value >> 64
        _FIVE_LOW[k] = value & 0xFFFFFFFFFFFFFFFF


_fill_tables()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_blank(c: cython.uchar) -> cython.bint:
    return c == 32 or c == 9


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_digit(c: cython.uchar) -> cython.bint:
    return 48 <= c and c <= 57


# --- Fields ---------------------------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _quoted(s: cython.pointer(Scan), i: cython.Py_ssize_t, delimiter: cython.uchar) -> cython.Py_ssize_t:
    """Set the field to what stands between quotes and return where it stops; line breaks inside are part of it."""
    c: cython.uchar
    start: cython.Py_ssize_t = i
    s.begin = i + 1
    s.end = i + 1
    i += 1
    while True:
        if i >= s.size:
            s.closed = False
            s.end = i
            return i
        c = s.text[i]
        if c == 34:
            if i + 1 < s.size and s.text[i + 1] == 34:
                i += 2
                continue
            break
        if c == 10 or (c == 13 and not (i + 1 < s.size and s.text[i + 1] == 10)):
            s.breaks += 1
        i += 1
    s.end = i
    i += 1
    while i < s.size:
        c = s.text[i]
        if c == delimiter or c == 10 or c == 13:
            break
        if not _is_blank(c):
            s.begin = start  # text after the closing quote: hand over all of it, so that it fails as a whole
            s.end = i + 1
        i += 1
    return i


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _next_field(s: cython.pointer(Scan), delimiter: cython.uchar) -> cython.void:
    """Set begin and end of the next field, without blanks around it; ``last`` when the row ends with it."""
    c: cython.uchar
    i: cython.Py_ssize_t = s.at
    while i < s.size and _is_blank(s.text[i]) and s.text[i] != delimiter:
        i += 1
    if i < s.size and s.text[i] == 34:
        i = _quoted(s, i, delimiter)
    else:
        s.begin = i
        while i < s.size:
            c = s.text[i]
            if c == delimiter or c == 10 or c == 13:
                break
            i += 1
        s.end = i
    while s.end > s.begin and _is_blank(s.text[s.end - 1]):
        s.end -= 1
    s.last = i >= s.size or s.text[i] != delimiter
    s.at = i if s.last else i + 1


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _end_line(s: cython.pointer(Scan)) -> cython.void:
    """Step over one line break: ``\\n``, ``\\r\\n`` or ``\\r``."""
    if s.at < s.size and s.text[s.at] == 13:
        s.at += 1
        if s.at < s.size and s.text[s.at] == 10:
            s.at += 1
    elif s.at < s.size:
        s.at += 1
    s.line += 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _skip_blank_lines(s: cython.pointer(Scan), delimiter: cython.uchar) -> cython.void:
    i: cython.Py_ssize_t
    while True:
        i = s.at
        while i < s.size and _is_blank(s.text[i]) and s.text[i] != delimiter:
            i += 1
        if i >= s.size:
            s.at = i
            return
        if s.text[i] != 10 and s.text[i] != 13:
            return
        s.at = i
        _end_line(s)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _note(
    problem: cython.pointer(Problem),
    line: cython.longlong,
    start: cython.Py_ssize_t,
    length: cython.Py_ssize_t,
) -> cython.void:
    if problem.rows == 0:
        problem.line = line
        problem.start = start
        problem.length = length
    problem.rows += 1


# --- Numbers --------------------------------------------------------------------------------------------------------


@cython.cfunc
@cython.inline
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _product(a: cython.ulonglong, b: cython.ulonglong, low: cython.pointer(cython.ulonglong)) -> cython.ulonglong:
    """Return the high 64 bits of ``a * b`` and set the low ones."""
    mask: cython.ulonglong = 0xFFFFFFFF
    a0: cython.ulonglong = a & mask
    a1: cython.ulonglong = a >> 32
    b0: cython.ulonglong = b & mask
    b1: cython.ulonglong = b >> 32
    p00: cython.ulonglong = a0 * b0
    middle: cython.ulonglong = a1 * b0 + (p00 >> 32)
    other: cython.ulonglong = a0 * b1 + (middle & mask)
    low[0] = (other << 32) | (p00 & mask)
    return a1 * b1 + (middle >> 32) + (other >> 32)


@cython.cfunc
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _scaled(mantissa: cython.ulonglong, exponent: cython.int) -> cython.double:
    """Return the double nearest to ``mantissa * 10 ** exponent`` for 0 < mantissa < 2**64, |exponent| <= _WIDE."""
    shift: cython.int = 0
    high: cython.ulonglong
    low: cython.ulonglong = 0
    second: cython.ulonglong
    rest: cython.ulonglong = 0
    bits: cython.ulonglong
    upper: cython.int
    power: cython.int
    value: cython.double
    while mantissa < _TOP_BIT:
        mantissa <<= 1
        shift += 1
    high = _product(mantissa, _FIVE_HIGH[exponent + _WIDE], cython.address(low))
    if (high & 0x1FF) == 0x1FF:
        second = _product(mantissa, _FIVE_LOW[exponent + _WIDE], cython.address(rest))
        low += second
        if second > low:
            high += 1
    upper = cython.cast(cython.int, high >> 63)
    bits = high >> (upper + 9)
    power = ((217706 * exponent) >> 16) + 63 + upper - shift + 1023
    # Half-way between two doubles, exactly: to even.
    if low <= 1 and exponent >= -4 and exponent <= 23 and (bits & 3) == 1 and (bits << (upper + 9)) == high:
        bits &= ~cython.cast(cython.ulonglong, 1)
    bits += bits & 1
    bits >>= 1
    if bits >= _MOST_EXACT:
        bits = _HIDDEN_BIT
        power += 1
    bits = (bits & (_HIDDEN_BIT - 1)) | (cython.cast(cython.ulonglong, power) << 52)
    value = cython.cast(cython.pointer(cython.double), cython.address(bits))[0]
    return value


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _rounded_by_python(text: cython.pointer(cython.const[cython.uchar]), length: cython.Py_ssize_t) -> cython.double:
    """Return ``float(text)`` of checked syntax: more than 19 digits, or a far exponent."""
    with cython.gil:
        return float(cython.cast(cython.pointer(cython.const[cython.char]), text)[:length])


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _lower(c: cython.uchar) -> cython.uchar:
    return c + 32 if 65 <= c and c <= 90 else c


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _is_word(
    text: cython.pointer(cython.const[cython.uchar]),
    length: cython.Py_ssize_t,
    word: cython.pointer(cython.const[cython.char]),
) -> cython.bint:
    k: cython.Py_ssize_t
    for k in range(length):
        if word[k] == 0 or _lower(text[k]) != cython.cast(cython.uchar, word[k]):
            return False
    return word[length] == 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _word_code(text: cython.pointer(cython.const[cython.uchar]), length: cython.Py_ssize_t) -> cython.int:
    """Tell what a field that is no number says: nothing, infinity, or some text."""
    if (
        length == 0
        or _is_word(text, length, b"null")
        or _is_word(text, length, b"nan")
        or _is_word(text, length, b"n/a")
    ):
        return _EMPTY
    if _is_word(text, length, b"na") or _is_word(text, length, b"none") or _is_word(text, length, b"<na>"):
        return _EMPTY
    if _is_word(text, length, b"-") or _is_word(text, length, b"--") or _is_word(text, length, b"#n/a"):
        return _EMPTY
    if text[0] == 43 or text[0] == 45:
        text = text + 1
        length -= 1
    if _is_word(text, length, b"inf") or _is_word(text, length, b"infinity"):
        return _NOT_FINITE
    return _TEXT


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _number(
    text: cython.pointer(cython.const[cython.uchar]),
    length: cython.Py_ssize_t,
    value: cython.pointer(cython.double),
) -> cython.int:
    """Set the number a field holds, a ``$`` before it allowed; return -1, or what is wrong."""
    i: cython.Py_ssize_t = 0
    first: cython.Py_ssize_t
    mantissa: cython.ulonglong = 0
    digits: cython.int = 0
    kept: cython.int = 0
    exponent: cython.longlong = 0
    written: cython.longlong = 0
    negative: cython.bint = False
    exact: cython.bint = True
    down: cython.bint = False
    d: cython.int
    result: cython.double
    value[0] = _NAN
    if length > 0 and (text[0] == 43 or text[0] == 45):
        negative = text[0] == 45
        i = 1
    if i < length and text[i] == 36:
        i += 1
    first = i
    while i < length and _is_digit(text[i]):
        d = text[i] - 48
        digits += 1
        if kept < 19:
            mantissa = mantissa * 10 + d
            kept += mantissa != 0
        else:
            exponent += 1
            exact = exact and d == 0
        i += 1
    if i < length and text[i] == 46:
        i += 1
        while i < length and _is_digit(text[i]):
            d = text[i] - 48
            digits += 1
            if kept < 19:
                mantissa = mantissa * 10 + d
                kept += mantissa != 0
                exponent -= 1
            else:
                exact = exact and d == 0
            i += 1
    if digits == 0:
        return _word_code(text, length)
    if i < length and (text[i] == 101 or text[i] == 69):
        i += 1
        if i < length and (text[i] == 43 or text[i] == 45):
            down = text[i] == 45
            i += 1
        if i >= length:
            return _TEXT
        while i < length and _is_digit(text[i]):
            if written < 1_000_000_000:
                written = written * 10 + (text[i] - 48)
            i += 1
        if not _is_digit(text[i - 1]):
            return _TEXT
        exponent += -written if down else written
    if i != length:
        return _word_code(text, length)
    if mantissa == 0 and exact:
        result = 0.0
    elif exact and mantissa <= _MOST_EXACT and -22 <= exponent and exponent <= 22:
        result = cython.cast(cython.double, mantissa)
        result = result * _TEN[exponent] if exponent >= 0 else result / _TEN[-exponent]
    elif exact and -_WIDE <= exponent and exponent <= _WIDE:
        result = _scaled(mantissa, cython.cast(cython.int, exponent))
    else:
        result = _rounded_by_python(text + first, length - first)
    if result - result != 0.0:
        return _NOT_FINITE
    value[0] = -result if negative else result
    return _NONE


# --- Dates and times ------------------------------------------------------------------------------------------------


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _digits(s: cython.pointer(Scan), least: cython.int, most: cython.int) -> cython.longlong:
    """Read between least and most digits and return their value, or -1."""
    value: cython.longlong = 0
    count: cython.int = 0
    while count < most and s.begin < s.end and _is_digit(s.text[s.begin]):
        value = value * 10 + (s.text[s.begin] - 48)
        s.begin += 1
        count += 1
    return value if count >= least else -1


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _take(s: cython.pointer(Scan), c: cython.uchar) -> cython.bint:
    """Step over one character if it is c."""
    if s.begin < s.end and s.text[s.begin] == c:
        s.begin += 1
        return True
    return False


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _days_in_month(year: cython.longlong, month: cython.longlong) -> cython.int:
    if month == 2:
        return 29 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 28
    return 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _days(year: cython.longlong, month: cython.longlong, day: cython.longlong) -> cython.longlong:
    """Return days since 1970-01-01 (Hinnant's days_from_civil; years are positive here)."""
    y: cython.longlong = year - (1 if month <= 2 else 0)
    era: cython.longlong = y // 400
    of_era: cython.longlong = y - era * 400
    of_year: cython.longlong = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _date(
    s: cython.pointer(Scan), layout: cython.int, separator: cython.uchar, out: cython.pointer(Moment)
) -> cython.int:
    """Read a date of the layout and set its midnight; return -1, BAD_STAMP or BAD_YEAR."""
    year: cython.longlong
    month: cython.longlong
    day: cython.longlong
    if layout == _COMPACT:
        year = _digits(s, 4, 4)
        month = _digits(s, 2, 2)
        day = _digits(s, 2, 2)
    elif layout == _YMD:
        year = _digits(s, 4, 4)
        if not _take(s, separator):
            return _BAD_STAMP
        month = _digits(s, 1, 2)
        if not _take(s, separator):
            return _BAD_STAMP
        day = _digits(s, 1, 2)
    else:
        month = _digits(s, 1, 2)
        if not _take(s, separator):
            return _BAD_STAMP
        day = _digits(s, 1, 2)
        if not _take(s, separator):
            return _BAD_STAMP
        year = _digits(s, 4, 4)
        if layout != _MDY:
            month, day = day, month
    if year < 0 or month < 1 or month > 12 or day < 1 or day > _days_in_month(year, month):
        return _BAD_STAMP
    if year < _FIRST_YEAR or year > _LAST_YEAR:
        return _BAD_YEAR
    out.ns = _days(year, month, day) * _DAY
    return _NONE


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _fraction(s: cython.pointer(Scan)) -> cython.longlong:
    """Read one to nine digits after the point as nanoseconds, or return -1."""
    start: cython.Py_ssize_t = s.begin
    value: cython.longlong = _digits(s, 1, 9)
    missing: cython.Py_ssize_t = 9 - (s.begin - start)
    while missing > 0:
        value *= 10
        missing -= 1
    return value


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _clock(s: cython.pointer(Scan), out: cython.pointer(Moment)) -> cython.int:
    """Read ``H:MM[:SS[.fraction]]``, ``HHMM`` or ``HHMMSS`` and add it; return -1 or BAD_STAMP."""
    start: cython.Py_ssize_t = s.begin
    hour: cython.longlong = _digits(s, 1, 2)
    minute: cython.longlong
    second: cython.longlong = 0
    fraction: cython.longlong = 0
    colons: cython.bint = _take(s, 58)
    if not colons and s.begin - start != 2:
        return _BAD_STAMP
    minute = _digits(s, 2, 2)
    if _take(s, 58) if colons else (s.begin < s.end and _is_digit(s.text[s.begin])):
        second = _digits(s, 2, 2)
        if _take(s, 46):
            fraction = _fraction(s)
    if hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 59 or fraction < 0:
        return _BAD_STAMP
    out.ns += ((hour * 60 + minute) * 60 + second) * _SECOND + fraction
    return _NONE


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _offset(s: cython.pointer(Scan), out: cython.pointer(Moment)) -> cython.int:
    """Read what may follow a time: nothing, ``Z``, ``UTC`` or ``+hh[[:]mm]``; it must end the field."""
    west: cython.bint
    hours: cython.longlong
    minutes: cython.longlong = 0
    while s.begin < s.end and _is_blank(s.text[s.begin]):
        s.begin += 1
    if s.begin == s.end:
        return _NONE
    if _is_word(s.text + s.begin, s.end - s.begin, b"z") or _is_word(s.text + s.begin, s.end - s.begin, b"utc"):
        out.offset = 0
        return _NONE
    west = s.text[s.begin] == 45
    if not west and s.text[s.begin] != 43:
        return _BAD_STAMP
    s.begin += 1
    hours = _digits(s, 2, 2)
    if _take(s, 58) or s.begin < s.end:
        minutes = _digits(s, 2, 2)
    if s.begin != s.end or hours < 0 or hours > 18 or minutes < 0 or minutes > 59:
        return _BAD_STAMP
    out.offset = cython.cast(cython.int, -(hours * 60 + minutes) if west else hours * 60 + minutes)
    return _NONE


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _epoch(s: cython.pointer(Scan), out: cython.pointer(Moment)) -> cython.int:
    """Read an integer, ``.0`` after it allowed; its unit is the caller's to find."""
    negative: cython.bint = _take(s, 45)
    value: cython.longlong = _digits(s, 1, 18)
    more: cython.longlong
    if value < 0:
        return _BAD_STAMP
    if s.begin < s.end and _is_digit(s.text[s.begin]):
        more = _digits(s, 1, 1)
        if value > _EPOCH_LIMIT or (s.begin < s.end and _is_digit(s.text[s.begin])):
            return _BAD_YEAR
        value = value * 10 + more
    if _take(s, 46):
        while _take(s, 48):
            pass
    if s.begin != s.end:
        return _BAD_STAMP
    out.ns = -value if negative else value
    return _NONE


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _stamp(
    s: cython.pointer(Scan),
    layout: cython.int,
    separator: cython.uchar,
    timed: cython.bint,
    out: cython.pointer(Moment),
) -> cython.int:
    """Read a whole date field; return -1, EMPTY, BAD_STAMP or BAD_YEAR."""
    code: cython.int
    start: cython.Py_ssize_t
    if s.begin == s.end:
        return _EMPTY
    if layout == _EPOCH:
        return _epoch(s, out)
    code = _date(s, layout, separator, out)
    if code != _NONE:
        return code
    if not timed:
        return _NONE if s.begin == s.end else _BAD_STAMP
    start = s.begin
    if not (_take(s, 84) or _take(s, 116)):
        while s.begin < s.end and _is_blank(s.text[s.begin]):
            s.begin += 1
    if s.begin == start and layout != _COMPACT:
        return _BAD_STAMP
    code = _clock(s, out)
    return code if code != _NONE else _offset(s, out)


# --- Symbols --------------------------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _symbol_id(
    s: cython.pointer(Scan),
    slots: cython.int[::1],
    starts: cython.longlong[::1],
    lengths: cython.longlong[::1],
    known: cython.int,
) -> cython.int:
    """Return the number of the field's text, ``known`` if it is new (FNV-1a, linear probing)."""
    length: cython.Py_ssize_t = s.end - s.begin
    mask: cython.Py_ssize_t = slots.shape[0] - 1
    h: cython.ulonglong = _FNV_BASIS
    k: cython.Py_ssize_t
    at: cython.Py_ssize_t
    found: cython.int
    for k in range(s.begin, s.end):
        h = (h ^ s.text[k]) * _FNV_PRIME
    at = cython.cast(cython.Py_ssize_t, h >> 20) & mask
    while slots[at] >= 0:
        found = slots[at]
        if lengths[found] == length:
            k = 0
            while k < length and s.text[starts[found] + k] == s.text[s.begin + k]:
                k += 1
            if k == length:
                return found
        at = (at + 1) & mask
    slots[at] = known
    starts[known] = s.begin
    lengths[known] = length
    return known


# --- Rows -----------------------------------------------------------------------------------------------------------


def read_rows(
    data: cython.const[cython.uchar][::1],
    start: cython.Py_ssize_t,
    line: cython.longlong,
    delimiter: cython.uchar,
    roles: cython.int[::1],
    layout: cython.int,
    separator: cython.uchar,
    timed: cython.bint,
    floats: cython.double[:, ::1],
    stamps: cython.longlong[::1],
    offsets: cython.int[::1],
    lines: cython.longlong[::1],
    symbols: cython.int[::1],
    slots: cython.int[::1],
    symbol_starts: cython.longlong[::1],
    symbol_lengths: cython.longlong[::1],
    problems: Problem[:, ::1],
) -> cython.longlong:
    """Read every row from byte ``start``, which is on line ``line``; return the number of rows, -1 if they do not fit.

    data: the text, UTF-8. roles: (columns,) int32, what each column is. layout, separator, timed: how dates are
    written, and whether a time follows in the same field. floats, stamps, offsets, lines: outputs as the module says.
    symbols: (capacity,) int32, the number of each row's symbol, whose text is
    ``data[symbol_starts[k]:][:symbol_lengths[k]]``; slots: int32, all -1, a power of two above the capacity. All four
    are empty without a SYMBOL column. problems: (PROBLEMS, columns + 1) of PROBLEM, zeroed.
    """
    s = cython.declare(Scan)
    moment = cython.declare(Moment)
    row: cython.Py_ssize_t = 0
    capacity: cython.Py_ssize_t = lines.shape[0]
    columns: cython.Py_ssize_t = roles.shape[0]
    column: cython.Py_ssize_t
    row_start: cython.Py_ssize_t
    field: cython.Py_ssize_t
    known: cython.int = 0
    role: cython.int
    code: cython.int
    blank: cython.bint
    if data.shape[0] == 0 or floats.shape[1] < capacity or stamps.shape[0] < capacity or offsets.shape[0] < capacity:
        return 0 if data.shape[0] == 0 else -1
    s.text = cython.address(data[0])
    s.size = data.shape[0]
    s.at = start
    s.line = line
    s.closed = True
    s.breaks = 0
    with cython.nogil:
        while True:
            _skip_blank_lines(cython.address(s), delimiter)
            if s.at >= s.size:
                break
            if row >= capacity:
                row = -1
                break
            row_start = s.at
            column = 0
            moment.ns = 0
            moment.offset = _NO_OFFSET
            while True:
                _next_field(cython.address(s), delimiter)
                field = s.begin
                blank = s.begin == s.end
                code = _NONE
                if column < columns and roles[column] >= 0:
                    role = roles[column]
                    if role < _FLOATS:
                        code = _number(s.text + s.begin, s.end - s.begin, cython.address(floats[role, row]))
                    elif role == _DATE:
                        code = _add_stamp(cython.address(s), layout, separator, timed, cython.address(moment))
                    elif role == _TIME:
                        code = _add_clock(cython.address(s), cython.address(moment))
                    elif blank:
                        code = _EMPTY
                    elif role == _SYMBOL:
                        symbols[row] = _symbol_id(cython.address(s), slots, symbol_starts, symbol_lengths, known)
                        known += symbols[row] == known
                    if code != _NONE:
                        _note(cython.address(problems[code, column]), s.line, field, s.end - field)
                column += 1
                if s.last:
                    break
            if not s.closed:
                _note(cython.address(problems[_UNTERMINATED, columns]), s.line, field, s.end - field)
            elif column != columns and not (column == columns + 1 and blank):
                _note(cython.address(problems[_RAGGED, columns]), s.line, row_start, column)
            lines[row] = s.line
            stamps[row] = moment.ns
            offsets[row] = moment.offset
            s.line += s.breaks
            s.breaks = 0
            _end_line(cython.address(s))
            row += 1
    return row


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _add_stamp(
    s: cython.pointer(Scan),
    layout: cython.int,
    separator: cython.uchar,
    timed: cython.bint,
    moment: cython.pointer(Moment),
) -> cython.int:
    """Add a date field to the row's moment, whichever of date and time comes first."""
    part = cython.declare(Moment)
    code: cython.int
    part.ns = 0
    part.offset = moment.offset
    code = _stamp(s, layout, separator, timed, cython.address(part))
    moment.ns += part.ns
    moment.offset = part.offset
    return code


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _add_clock(s: cython.pointer(Scan), moment: cython.pointer(Moment)) -> cython.int:
    """Add a time field to the row's moment."""
    code: cython.int
    if s.begin == s.end:
        return _EMPTY
    code = _clock(s, moment)
    return code if code != _NONE else _offset(s, moment)
