"""Entries of a stream out of the bytes of a Redis server's reply, by column: one pass, no Python object an entry.

A reply of XRANGE (RESP2) is ``*n`` and n times ``*2``, the id ``$.. ms-seq``, ``*2f`` and f names and values, each
``$length`` and its bytes, each line with CRLF. Nothing is raised, and nothing read beyond the data.
"""

import cython
import numpy as np
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cython.cimports.libc.string import memcmp, memcpy

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

MOST_FIELDS = 16
_MOST_FIELDS = cython.declare(cython.int, MOST_FIELDS)
_MOST_LENGTH = cython.declare(cython.longlong, 1 << 40)
_NOT_ALL = cython.declare(cython.longlong, -2)
"""Of a line that does not end within the data."""
_NO_NUMBER = cython.declare(cython.longlong, -3)

Text = cython.struct(bytes=cython.pointer(cython.const[cython.uchar]), size=cython.Py_ssize_t, at=cython.Py_ssize_t)
_ALL = cython.declare(cython.uint, 0xFFFFFFFF)
_TABLES = cython.declare(cython.uint[2048])
"""Eight of 256, of the CRC-32 of zlib: eight bytes a step."""


def _fill_tables():
    byte: cython.int
    step: cython.int
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        _TABLES[byte] = value
    for step in range(1, 8):
        for byte in range(256):
            value = int(_TABLES[256 * (step - 1) + byte])
            _TABLES[256 * step + byte] = int(_TABLES[value & 255]) ^ value >> 8


_fill_tables()


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _crc(crc: cython.uint, data: cython.pointer[cython.const[cython.uchar]], size: cython.Py_ssize_t) -> cython.uint:
    """Return the CRC-32 of what ``crc`` is of, and this after it."""
    low: cython.uint = 0
    high: cython.uint = 0
    crc = crc ^ _ALL
    while size >= 8:
        memcpy(cython.address(low), data, 4)
        memcpy(cython.address(high), data + 4, 4)
        low ^= crc
        crc = (
            _TABLES[1792 + (low & 255)]
            ^ _TABLES[1536 + (low >> 8 & 255)]
            ^ _TABLES[1280 + (low >> 16 & 255)]
            ^ _TABLES[1024 + (low >> 24)]
            ^ _TABLES[768 + (high & 255)]
            ^ _TABLES[512 + (high >> 8 & 255)]
            ^ _TABLES[256 + (high >> 16 & 255)]
            ^ _TABLES[high >> 24]
        )
        data += 8
        size -= 8
    while size > 0:
        crc = crc >> 8 ^ _TABLES[(crc ^ data[0]) & 255]
        data += 1
        size -= 1
    return crc ^ _ALL


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _line(t: cython.pointer[Text]) -> cython.longlong:
    """Return the number of the line after its first byte, which is passed, and pass it; below -1: there is none."""
    at: cython.Py_ssize_t = t.at + 1
    number: cython.longlong = 0
    if at < t.size and t.bytes[at] == 45:  # minus: a null
        while at + 1 < t.size and t.bytes[at] != 13:
            at += 1
        if at + 1 >= t.size:
            return _NOT_ALL
        t.at = at + 2
        return -1
    while at < t.size and 48 <= t.bytes[at] <= 57:
        number = number * 10 + (t.bytes[at] - 48)
        if number > _MOST_LENGTH:
            return _NO_NUMBER
        at += 1
    if at + 1 >= t.size:
        return _NOT_ALL
    if t.bytes[at] != 13 or t.bytes[at + 1] != 10 or at == t.at + 1:
        return _NO_NUMBER
    t.at = at + 2
    return number


def end_of_reply(
    data: cython.const[cython.uchar][::1], size: cython.Py_ssize_t, at: cython.Py_ssize_t, pending: cython.Py_ssize_t
) -> tuple[int, int]:
    """Return where to go on and how many parts are still to come, from where a call before stopped; begin with 0, 1.

    (size,) of the data are there. 0 parts: the reply ends there. -1: this is no reply.
    """
    t: Text = Text(bytes=cython.NULL, size=size, at=at)
    number: cython.longlong = 0
    start: cython.Py_ssize_t = 0
    if size > data.shape[0] or at < 0:
        return at, -1
    if size == 0:
        return at, pending
    t.bytes = cython.address(data[0])
    with cython.nogil:
        while pending > 0 and t.at < size:
            start = t.at
            if t.bytes[start] == 42 or t.bytes[start] == 36:  # * or $
                number = _line(cython.address(t))
                if number == _NOT_ALL:
                    break
                if number == _NO_NUMBER:
                    pending = -1
                    break
                if t.bytes[start] == 42:
                    pending += number if number > 0 else 0
                elif number >= 0:
                    if t.at + number + 2 > size:
                        t.at = start
                        break
                    t.at += number + 2
            elif t.bytes[start] == 43 or t.bytes[start] == 45 or t.bytes[start] == 58:  # + - :
                while t.at < size and t.bytes[t.at] != 10:
                    t.at += 1
                if t.at >= size:
                    t.at = start
                    break
                t.at += 1
            else:
                pending = -1
                break
            pending -= 1
    return t.at, pending


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _count(t: cython.pointer[Text]) -> cython.longlong:
    """Pass ``*n`` and return n; below 0: it is something else."""
    return _line(t) if t.at < t.size and t.bytes[t.at] == 42 else -1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _bulk(t: cython.pointer[Text]) -> cython.longlong:
    """Pass a string and return its length, the string ends 2 before where this stops; below 0: it is something else."""
    length: cython.longlong = -1
    if t.at < t.size and t.bytes[t.at] == 36:
        length = _line(t)
    if length < 0 or t.at + length + 2 > t.size:
        return -1
    t.at += length + 2
    return length


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _id(
    t: cython.pointer[Text], ms: cython.pointer[cython.ulonglong], seq: cython.pointer[cython.ulonglong]
) -> cython.bint:
    """Pass an id; False: it is none."""
    length: cython.longlong = _bulk(t)
    at: cython.Py_ssize_t = t.at - 2 - length
    end: cython.Py_ssize_t = t.at - 2
    first: cython.Py_ssize_t = at
    if not 3 <= length <= 41:
        return False
    ms[0] = seq[0] = 0
    while at < end and 48 <= t.bytes[at] <= 57 and at - first < 19:
        ms[0] = ms[0] * 10 + (t.bytes[at] - 48)
        at += 1
    if at >= end or t.bytes[at] != 45 or at == first or end - at > 20:
        return False
    at += 1
    first = at
    while at < end and 48 <= t.bytes[at] <= 57:
        seq[0] = seq[0] * 10 + (t.bytes[at] - 48)
        at += 1
    return at == end and at > first


def read_head(data: cython.const[cython.uchar][::1], size: cython.Py_ssize_t) -> tuple[int, int]:
    """Return how many entries a whole reply has, and where the first is; -1: it is no list."""
    t: Text = Text(bytes=cython.NULL, size=size, at=0)
    count: cython.longlong = -1
    if 0 < size <= data.shape[0]:
        t.bytes = cython.address(data[0])
        count = _count(cython.address(t))
    return count, t.at


def read_entries(
    data: cython.const[cython.uchar][::1], size: cython.Py_ssize_t, at: cython.Py_ssize_t, most: cython.Py_ssize_t
) -> tuple:
    """Read the entry at ``at`` and those after it with the same names of fields, ``most`` at most.

    Returns:
        Names; ids (entries, 2) uint64; starts (fields, entries) int64, where each value is in the data, and lengths
        uint32; where the next entry is. None: what stands there is no entry with 1 to MOST_FIELDS fields.
    """
    t: Text = Text(bytes=cython.NULL, size=size, at=at)
    name_at: cython.Py_ssize_t[16]
    name_size: cython.Py_ssize_t[16]
    fields: cython.longlong = 0
    field: cython.Py_ssize_t = 0
    rows: cython.Py_ssize_t = 0
    length: cython.longlong = 0
    next_at: cython.Py_ssize_t = at
    good: cython.bint = True
    if not (0 <= at < size <= data.shape[0]) or most < 1:
        return None
    t.bytes = cython.address(data[0])
    if _count(cython.address(t)) != 2 or _bulk(cython.address(t)) < 0:
        return None
    fields = _count(cython.address(t))
    if not 2 <= fields <= 2 * _MOST_FIELDS or fields % 2:
        return None
    fields = fields // 2
    for field in range(fields):
        length = _bulk(cython.address(t))
        if length < 0:
            return None
        name_at[field], name_size[field] = t.at - 2 - length, length
        if _bulk(cython.address(t)) < 0:
            return None
    ids = np.empty((most, 2), np.uint64)
    starts = np.empty((fields, most), np.int64)
    lengths = np.empty((fields, most), np.uint32)
    id_view: cython.ulonglong[:, ::1] = ids
    start_view: cython.longlong[:, ::1] = starts
    length_view: cython.uint[:, ::1] = lengths
    t.at = at
    with cython.nogil:
        while rows < most:
            if _count(cython.address(t)) != 2:
                break
            if not _id(cython.address(t), cython.address(id_view[rows, 0]), cython.address(id_view[rows, 1])):
                break
            if _count(cython.address(t)) != 2 * fields:
                break
            for field in range(fields):
                length = _bulk(cython.address(t))
                good = (
                    length == name_size[field]
                    and memcmp(t.bytes + t.at - 2 - length, t.bytes + name_at[field], length) == 0
                )
                if good:
                    length = _bulk(cython.address(t))
                    good = length >= 0
                if not good:
                    break
                start_view[field, rows] = t.at - 2 - length
                length_view[field, rows] = cython.cast(cython.uint, length)
            if not good:
                break
            rows += 1
            next_at = t.at
    if rows == 0:
        return None
    names = tuple([bytes(data[name_at[field] : name_at[field] + name_size[field]]) for field in range(fields)])
    return names, ids[:rows], starts[:, :rows], lengths[:, :rows], next_at


def gather(
    data: cython.const[cython.uchar][::1],
    starts: cython.const[cython.longlong][::1],
    lengths: cython.const[cython.uint][::1],
) -> bytes:
    """Return parts of the data, one after the other; those that are not in it are left out."""
    row: cython.Py_ssize_t = 0
    total: cython.Py_ssize_t = 0
    size: cython.Py_ssize_t = data.shape[0]
    made: bytes
    to: cython.p_char = cython.NULL
    for row in range(starts.shape[0]):
        if 0 <= starts[row] <= size - lengths[row]:
            total += lengths[row]
    made = PyBytes_FromStringAndSize(cython.NULL, total)
    if total:
        to = PyBytes_AS_STRING(made)
        with cython.nogil:
            for row in range(starts.shape[0]):
                if lengths[row] and 0 <= starts[row] <= size - lengths[row]:
                    memcpy(to, cython.address(data[starts[row]]), lengths[row])
                    to += lengths[row]
    return made


def first_wrong(
    data: cython.const[cython.uchar][::1],
    names: tuple,
    starts: cython.const[cython.longlong][:, :],
    lengths: cython.const[cython.uint][:, :],
    checksum: cython.Py_ssize_t,
) -> cython.Py_ssize_t:
    """Return the first entry whose field ``checksum`` is not the CRC-32 of the others' names and values, -1: none.

    The CRC-32 is that of zlib, in 4 bytes, little-endian; the fields are taken in their order.
    """
    name_at: cython.Py_ssize_t[16]
    name_size: cython.Py_ssize_t[16]
    field: cython.Py_ssize_t = 0
    row: cython.Py_ssize_t = 0
    size: cython.Py_ssize_t = data.shape[0]
    crc: cython.uint = 0
    told: cython.uint = 0
    fields: cython.Py_ssize_t = len(names)
    wrong: cython.Py_ssize_t = -1
    joined: bytes = b"".join(names)
    text: cython.pointer[cython.const[cython.uchar]] = cython.cast(
        cython.pointer[cython.const[cython.uchar]], PyBytes_AS_STRING(joined)
    )
    if not (0 <= checksum < fields <= _MOST_FIELDS and starts.shape[0] == fields == lengths.shape[0]):
        return 0
    for field in range(fields):
        name_at[field] = row
        name_size[field] = len(names[field])
        row += name_size[field]
    with cython.nogil:
        for row in range(starts.shape[1]):
            crc = 0
            for field in range(fields):
                if not (0 <= starts[field, row] <= size - lengths[field, row]):
                    wrong = row
                elif field == checksum:
                    if lengths[field, row] == 4:
                        memcpy(cython.address(told), cython.address(data[starts[field, row]]), 4)
                    else:
                        wrong = row
                else:
                    crc = _crc(crc, text + name_at[field], name_size[field])
                    if lengths[field, row]:
                        crc = _crc(crc, cython.address(data[starts[field, row]]), lengths[field, row])
            if wrong == row or crc != told:
                wrong = row
                break
    return wrong
