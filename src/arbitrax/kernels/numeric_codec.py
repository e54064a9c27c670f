"""Write price rows in PostgreSQL's binary COPY format, float64 as NUMERIC, and read arrays of NUMERIC.

The decimal written is the shortest that reads back as the same double, the one Python's ``repr`` prints; so
``column::float8`` gives the stored bits again. NaN becomes NULL, infinities the NUMERIC infinities, and -0.0 becomes 0,
because NUMERIC has no negative zero.

A NUMERIC field on the wire, all big-endian: int32 length, then int16 groups, weight (of the first group, in powers of
10,000), sign, display scale, and the groups of four digits.

Three ways to the digits, the first that applies:
1. at most 15 digits: any such decimal is its own double's shortest, and ``digits / 10**k`` with both exact rounds once
   (Clinger 1990), so trying k = 0, 1, ... by division finds it;
2. 16 or 17 digits: exact 128-bit integers, comparing with half the gap to the neighbouring doubles;
3. whatever is left (huge, tiny, powers of two): ``repr``.

Reading gives the double nearest to the decimal, ties to even, as ``column::float8`` would, which costs the server more
than all else in a read. Three ways again: a quotient or product of two exact doubles; a quotient of 128-bit integers,
rounded once; ``float`` of the digits.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.libc.math import INFINITY, NAN, fabs, isinf, isnan, ldexp, rint
from cython.cimports.libc.string import memcpy

SOURCE_HASH: str = ARBITRAX_SOURCE_HASH.decode()

MAX_NUMERIC_BYTES = 4 + 8 + 2 * 6
"""Longest field: 17 digits touch at most six groups, and zeros after them are not sent."""

# Doubles the compiler folds; and every power of ten that is exact in a double or in 64 bits.
_LIMIT = cython.declare(cython.double, 1e15)
_TEN = cython.declare(cython.double[23])
_TEN_INT = cython.declare(cython.ulonglong[20])
_SCALES = cython.declare(cython.int, 22)
_HIDDEN = cython.declare(cython.ulonglong, 1 << 52)
_FRACTION = cython.declare(cython.ulonglong, (1 << 52) - 1)
_SIXTEEN_DIGITS = cython.declare(cython.ulonglong, 10**15)
_TOP_BIT = cython.declare(cython.ulonglong, 1 << 63)
_TWO_TO_53 = cython.declare(cython.ulonglong, 1 << 53)
_WIDEST = cython.declare(cython.Py_ssize_t, MAX_NUMERIC_BYTES)
_POSITIVE = cython.declare(cython.int, 0x0000)
_NEGATIVE = cython.declare(cython.int, 0x4000)
_INFINITE = cython.declare(cython.int, 0xD000)
_MINUS_INFINITE = cython.declare(cython.int, 0xF000)


def _fill_tables():
    k: cython.int
    for k, power in enumerate([10**exponent for exponent in range(23)]):
        _TEN[k] = power
        if k < 20:
            _TEN_INT[k] = power


_fill_tables()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _put16(out: cython.pointer(cython.uchar), value: cython.int) -> cython.pointer(cython.uchar):
    out[0] = (value >> 8) & 0xFF
    out[1] = value & 0xFF
    return out + 2


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _put32(out: cython.pointer(cython.uchar), value: cython.int) -> cython.pointer(cython.uchar):
    return _put16(_put16(out, (value >> 16) & 0xFFFF), value & 0xFFFF)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _put_special(out: cython.pointer(cython.uchar), sign: cython.int) -> cython.pointer(cython.uchar):
    """Write a field without digits: zero or an infinity."""
    out = _put32(out, 8)
    out = _put16(out, 0)
    out = _put16(out, 0)
    out = _put16(out, sign)
    return _put16(out, 0)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _put_decimal(
    out: cython.pointer(cython.uchar), digits: cython.ulonglong, exponent: cython.int, sign: cython.int
) -> cython.pointer(cython.uchar):
    """Write ``digits * 10**exponent``, digits from 1 to 10**18."""
    groups: cython.int[6]
    count: cython.int = 0
    first: cython.int
    last: cython.int = 0
    weight: cython.int
    shift: cython.int
    i: cython.int
    low: cython.ulonglong
    scale: cython.int = -exponent if exponent < 0 else 0
    # Align the point with a border of groups: exponent = 4 * weight + shift, 0 <= shift < 4.
    shift = exponent % 4  # C's remainder, which may be negative
    if shift < 0:
        shift += 4
    weight = (exponent - shift) // 4
    # The lowest group takes 4 - shift digits, so that nothing overflows.
    low = digits % _TEN_INT[4 - shift]
    groups[0] = cython.cast(cython.int, low * _TEN_INT[shift])
    digits = digits // _TEN_INT[4 - shift]
    count = 1
    while digits:
        groups[count] = cython.cast(cython.int, digits % 10000)
        digits = digits // 10000
        count += 1
    first = count - 1
    while groups[last] == 0:
        last += 1
    out = _put32(out, 8 + 2 * (first - last + 1))
    out = _put16(out, first - last + 1)
    out = _put16(out, weight + first)
    out = _put16(out, sign)
    out = _put16(out, scale)
    i = first
    while i >= last:
        out = _put16(out, groups[i])
        i -= 1
    return out


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # bounded as stated; Cython has no checks for 128 bits
def _exact_digits(bits: cython.ulonglong, scale: cython.int) -> cython.ulonglong:
    """Return the integer nearest to ``x * 10**scale`` if it reads back as x, else 0.

    Needs x = f * 2**-s with 0 < s < 127 and f * 10**scale < 2**126; the caller sees to it.
    """
    f: cython.ulonglong = (bits & _FRACTION) | _HIDDEN
    s: cython.int = 1075 - cython.cast(cython.int, bits >> 52)
    wide: int128 = cython.cast(int128, f)
    power: int128 = _TEN_INT[scale if scale < 19 else 19]
    rest: int128
    whole: int128
    one: int128 = 1
    if scale > 19:
        power = power * _TEN_INT[scale - 19]
    wide = wide * power
    whole = wide >> s
    rest = wide - (whole << s)
    if rest > (one << (s - 1)) or (rest == (one << (s - 1)) and (whole & 1)):
        whole = whole + 1
        rest = (one << s) - rest
    # Half the gap to the next double is 2**-(s + 1); a tie reads back as the even one.
    if rest + rest < power or (rest + rest == power and (f & 1) == 0):
        return cython.cast(cython.ulonglong, whole)
    return 0


@cython.cfunc
@cython.exceptval(check=False)
def _put_by_repr(out: cython.pointer(cython.uchar), x: cython.double, sign: cython.int) -> cython.pointer(cython.uchar):
    """Write what ``repr`` prints: one to seventeen digits and an exponent."""
    mantissa, _, exponent = repr(x).partition("e")
    whole, _, fraction = mantissa.partition(".")
    if fraction == "0":
        fraction = ""
    power: cython.int = int(exponent or "0") - len(fraction)
    digits = (whole + fraction).lstrip("0")
    shortened = digits.rstrip("0")
    power += len(digits) - len(shortened)
    return _put_decimal(out, int(shortened), power, sign)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _put_numeric(out: cython.pointer(cython.uchar), x: cython.double) -> cython.pointer(cython.uchar):
    """Write one field and return where the next begins."""
    sign: cython.int
    k: cython.int = 0
    exponent: cython.int
    bits: cython.ulonglong
    digits: cython.ulonglong
    scaled: cython.double
    if isnan(x):
        return _put32(out, -1)
    if isinf(x):
        return _put_special(out, _INFINITE if x > 0.0 else _MINUS_INFINITE)
    if x == 0.0:
        return _put_special(out, _POSITIVE)
    sign = _POSITIVE if x > 0.0 else _NEGATIVE
    x = fabs(x)
    for k in range(_SCALES + 1):
        scaled = rint(x * _TEN[k])
        if scaled >= _LIMIT:
            break
        if scaled / _TEN[k] == x:
            return _put_decimal(out, cython.cast(cython.ulonglong, scaled), -k, sign)
    memcpy(cython.address(bits), cython.address(x), 8)
    if x >= 1e-5 and x < 1e15 and (bits & _FRACTION) != 0:
        # k is now the scale at which x has 16 digits, or one less where rounding made them 10**15.
        exponent = k
        while exponent <= k + 2 and exponent <= _SCALES - 1:
            digits = _exact_digits(bits, exponent)
            if digits >= _SIXTEEN_DIGITS:
                return _put_decimal(out, digits, -exponent, sign)
            exponent += 1
    with cython.gil:
        return _put_by_repr(out, x, sign)


def encode_rows(
    head: bytes,
    tail: bytes,
    stamps: cython.const[cython.longlong][::1],
    amounts: cython.const[cython.double][:, ::1],
    first: cython.Py_ssize_t,
    last: cython.Py_ssize_t,
    out: cython.uchar[::1],
) -> cython.Py_ssize_t:
    """Write rows ``first <= i < last`` of a binary COPY and return the bytes written.

    A row is ``head`` (its field count and the fields that are the same in each row), the stamp as an int64 field, the
    amounts as NUMERIC fields, and ``tail`` (more fields that are the same in each row).

    stamps: (rows,) int64; amounts: (columns, rows) float64; out: at least (last - first) times
    ``len(head) + 12 + columns * MAX_NUMERIC_BYTES + len(tail)`` bytes, else -1 is returned and nothing written.
    """
    head_at: cython.pointer(cython.const[cython.uchar]) = head
    tail_at: cython.pointer(cython.const[cython.uchar]) = tail
    head_size: cython.Py_ssize_t = len(head)
    tail_size: cython.Py_ssize_t = len(tail)
    columns: cython.Py_ssize_t = amounts.shape[0]
    widest: cython.Py_ssize_t = head_size + 12 + columns * _WIDEST + tail_size
    start: cython.pointer(cython.uchar)
    at: cython.pointer(cython.uchar)
    row: cython.Py_ssize_t
    column: cython.Py_ssize_t
    if (
        first < 0
        or last <= first
        or last > stamps.shape[0]
        or last > amounts.shape[1]
        or out.shape[0] < (last - first) * widest
    ):
        return -1
    start = cython.address(out[0])
    at = start
    with cython.nogil:
        for row in range(first, last):
            memcpy(at, head_at, head_size)
            at = _put32(at + head_size, 8)
            at = _put32(at, cython.cast(cython.int, stamps[row] >> 32))
            at = _put32(at, cython.cast(cython.int, stamps[row]))
            for column in range(columns):
                at = _put_numeric(at, amounts[column, row])
            memcpy(at, tail_at, tail_size)
            at += tail_size
    return at - start


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _get16(at: cython.pointer(cython.const[cython.uchar])) -> cython.int:
    return at[0] << 8 | at[1]


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # bounded as stated; Cython has no checks for 128 bits
def _nearest_quotient(digits: cython.ulonglong, power: cython.ulonglong) -> cython.double:
    """Return the double nearest to ``digits / power``, both above zero."""
    shift: cython.int = 63
    wide: int128
    whole: int128
    low: int128
    half: int128
    one: int128 = 1
    drop: cython.int = 0
    exact: cython.bint
    while digits < _TOP_BIT:
        digits = digits << 1
        shift += 1
    wide = cython.cast(int128, digits) << 63  # below 2**127; the quotient has 62 bits or more
    whole = wide // power
    exact = whole * power == wide
    while (whole >> drop) >= _TWO_TO_53:
        drop += 1
    half = one << (drop - 1)
    low = whole & ((one << drop) - 1)
    whole = whole >> drop
    if low > half or (low == half and (not exact or (whole & 1))):
        whole = whole + 1
    return ldexp(cython.cast(cython.double, cython.cast(cython.ulonglong, whole)), drop - shift)


@cython.cfunc
@cython.exceptval(check=False)
def _by_float(
    groups: cython.pointer(cython.const[cython.uchar]), count: cython.int, exponent: cython.int
) -> cython.double:
    """Return the double nearest to groups of four digits times ``10**exponent``."""
    digits = 0
    i: cython.int
    for i in range(count):
        digits = digits * 10000 + _get16(groups + 2 * i)
    return float(f"{digits}e{exponent}")


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
@cython.cdivision(True)
def _nearest(
    groups: cython.pointer(cython.const[cython.uchar]), count: cython.int, weight: cython.int
) -> cython.double:
    """Return the double nearest to groups of four digits, the first of them worth ``10000**weight``."""
    digits: cython.ulonglong = 0
    last: cython.int
    width: cython.int = 4
    exponent: cython.int
    i: cython.int
    if count == 0:
        return 0.0
    exponent = 4 * (weight - count + 1)
    if count <= 5:
        for i in range(count - 1):
            digits = digits * 10000 + _get16(groups + 2 * i)
        last = _get16(groups + 2 * (count - 1))
        while last and last % 10 == 0:  # 0.5 has the group 5000
            last = last // 10
            width -= 1
        if digits < _TEN_INT[15]:  # so that four digits more fit
            digits = digits * _TEN_INT[width] + last
            exponent += 4 - width
            if digits <= _TWO_TO_53 and -_SCALES <= exponent <= _SCALES:
                if exponent < 0:
                    return cython.cast(cython.double, digits) / _TEN[-exponent]
                return cython.cast(cython.double, digits) * _TEN[exponent]
            if -19 <= exponent <= 0 and digits:
                return _nearest_quotient(digits, _TEN_INT[-exponent])
            exponent -= 4 - width
    with cython.gil:
        return _by_float(groups, count, exponent)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _decode(
    data: cython.pointer(cython.const[cython.uchar]),
    size: cython.Py_ssize_t,
    out: cython.pointer(cython.double),
    elements: cython.Py_ssize_t,
) -> cython.Py_ssize_t:
    position: cython.Py_ssize_t = 0
    at: cython.pointer(cython.const[cython.uchar])
    high: cython.int
    length: cython.Py_ssize_t
    groups: cython.int
    weight: cython.int
    sign: cython.int
    i: cython.Py_ssize_t
    value: cython.double
    for i in range(elements):
        if size - position < 4:
            return -1
        at = data + position
        position += 4
        high = _get16(at)
        if high >= 0x8000:  # -1: NULL
            out[i] = NAN
            continue
        length = cython.cast(cython.Py_ssize_t, high) * 0x10000 + _get16(at + 2)
        if length < 8 or length > size - position:
            return -1
        groups = _get16(at + 4)
        weight = _get16(at + 6)
        sign = _get16(at + 8)
        if weight >= 0x8000:
            weight -= 0x10000
        if length != 8 + 2 * groups:
            return -1
        position += length
        if sign == _POSITIVE or sign == _NEGATIVE:
            value = _nearest(at + 12, groups, weight)
            out[i] = value if sign == _POSITIVE else -value
        elif sign == _INFINITE:
            out[i] = INFINITY
        elif sign == _MINUS_INFINITE:
            out[i] = -INFINITY
        else:
            out[i] = NAN
    return position


def decode_array(data: cython.const[cython.uchar][::1], out: cython.double[::1]) -> cython.Py_ssize_t:
    """Read the elements of a binary array of NUMERIC, without its header; NULL and NaN become NaN.

    data: bytes of the elements, an int32 length and a NUMERIC each; out: (elements,) float64. Returns the bytes read,
    -1 when the data end too early or hold something else.
    """
    read: cython.Py_ssize_t
    if out.shape[0] == 0:
        return 0
    if data.shape[0] == 0:
        return -1
    with cython.nogil:
        read = _decode(cython.address(data[0]), data.shape[0], cython.address(out[0]), out.shape[0])
    return read
