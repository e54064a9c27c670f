"""Replies with entries, byte by byte, against what was put into them; and what is none."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.kernels import stream_reply

FIELDS = st.dictionaries(st.binary(max_size=9), st.binary(max_size=40), min_size=1, max_size=5)
ENTRIES = st.lists(st.tuples(st.integers(0, 10**18), st.integers(0, 10**6), FIELDS), max_size=12)


def bulk(text):
    return b"$%d\r\n%s\r\n" % (len(text), text)


def reply(entries):
    made = b"*%d\r\n" % len(entries)
    for ms, seq, fields in entries:
        made += b"*2\r\n" + bulk(b"%d-%d" % (ms, seq)) + b"*%d\r\n" % (2 * len(fields))
        made += b"".join(bulk(word) for pair in fields.items() for word in pair)
    return made


def read(data):
    """Return the entries that the kernel finds, run by run."""
    count, at = stream_reply.read_head(data, len(data))
    found = []
    while len(found) < count:
        names, ids, starts, lengths, at = stream_reply.read_entries(data, len(data), at, count - len(found))
        columns = [stream_reply.gather(data, *each) for each in zip(starts, lengths, strict=True)]
        assert [len(each) for each in columns] == lengths.sum(axis=1).tolist()
        for row, (ms, seq) in enumerate(ids.tolist()):
            values = [data[start : start + size] for start, size in zip(starts[:, row], lengths[:, row], strict=True)]
            found.append((ms, seq, dict(zip(names, map(bytes, values), strict=True))))
    assert at == len(data)
    return found


@given(ENTRIES)
def test_what_was_put_in_comes_out(entries):
    found = read(reply(entries))
    assert found == entries
    assert [list(each[2]) for each in found] == [list(each[2]) for each in entries]


@given(ENTRIES, st.data())
def test_a_reply_that_comes_in_parts_ends_where_it_ends(entries, data):
    whole = reply(entries)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    at, pending = 0, 1
    for cut in cuts:
        at, pending = stream_reply.end_of_reply(whole, cut, at, pending)
        assert 0 <= at <= cut
        assert (pending == 0) == (cut == len(whole))
    assert stream_reply.end_of_reply(whole, len(whole), at, pending) == (len(whole), 0)


@pytest.mark.parametrize(
    "data", [b"+OK\r\n", b"-ERR no\r\n", b":7\r\n", b"$-1\r\n", b"*-1\r\n", b"$0\r\n\r\n", b"*0\r\n"]
)
def test_other_replies_end_too(data):
    assert stream_reply.end_of_reply(data, len(data), 0, 1) == (len(data), 0)
    assert stream_reply.end_of_reply(data, len(data) - 1, 0, 1)[1] == 1


@pytest.mark.parametrize("data", [b"hello\r\n", b"*x\r\n", b"$\r\n", b"*99999999999999999999\r\n", b"$1x\r\n"])
def test_what_is_no_reply_is_told(data):
    assert stream_reply.end_of_reply(data, len(data), 0, 1)[1] == -1


@given(st.binary(max_size=200), st.integers(0, 20))
def test_any_bytes_are_read_without_harm(data, at):
    stream_reply.end_of_reply(data, len(data), 0, 1)
    stream_reply.read_head(data, len(data))
    stream_reply.read_entries(data, len(data), at, 5)


@given(ENTRIES.filter(bool), st.data())
def test_a_reply_with_a_changed_byte_is_read_without_harm(entries, data):
    changed = bytearray(reply(entries))
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    count, at = stream_reply.read_head(changed, len(changed))
    while count > 0 and (found := stream_reply.read_entries(changed, len(changed), at, count)) is not None:
        *_, at = found
        count -= len(found[1])


def test_deleted_entries_and_ids_that_are_none_are_told():
    assert stream_reply.read_entries(b"*2\r\n$3\r\n1-0\r\n*-1\r\n", 18, 0, 1) is None
    for name in (b"1", b"-1", b"1-", b"a-0", b"1-0-0", b"1" * 20 + b"-0"):
        data = b"*2\r\n" + bulk(name) + b"*2\r\n" + bulk(b"a") + bulk(b"b")
        assert stream_reply.read_entries(data, len(data), 0, 1) is None


@given(st.lists(st.binary(max_size=70), min_size=1, max_size=6), st.integers(0, 5), st.integers(0, 10**9))
def test_checksums_are_those_of_zlib(values, wrong, bit):
    entries = []
    for ms, value in enumerate(values):
        crc = zlib.crc32(value, zlib.crc32(b"name", zlib.crc32(b"2", zlib.crc32(b"v"))))
        entries.append((ms, 0, {b"v": b"2", b"name": value, b"k": crc.to_bytes(4, "little")}))
    data = bytearray(reply(entries))
    _, at = stream_reply.read_head(data, len(data))
    names, _, starts, lengths, _ = stream_reply.read_entries(data, len(data), at, len(entries))
    assert stream_reply.first_wrong(data, names, starts, lengths, 2) == -1
    row = wrong % len(values)
    field = 1 if values[row] else 2
    bit %= 8 * int(lengths[field, row])
    data[int(starts[field, row]) + bit // 8] ^= 1 << bit % 8
    assert stream_reply.first_wrong(data, names, starts, lengths, 2) == row
    assert stream_reply.first_wrong(data, names, starts, lengths, 1) >= 0


def test_parts_beyond_the_data_are_left_out():
    parts = np.array([1, 90, -1], np.int64), np.array([2, 5, 1], np.uint32)
    assert stream_reply.gather(b"abcdef", *parts) == b"bc"
