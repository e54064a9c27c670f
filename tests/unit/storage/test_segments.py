import errno
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arbitrax.domain.errors import DataError, StoreError
from arbitrax.exchange.journal import START, EntryId
from arbitrax.exchange.service.entry_tables import just_before, tables
from arbitrax.storage.exchange_files.segment_file import HEADER, Stream
from arbitrax.storage.exchange_files.segment_writer import SegmentWriter
from arbitrax.storage.exchange_files.segments import Segments

TOP = (1 << 64) - 1


def entry(number, **fields):
    return EntryId(number, 0), {name.encode(): value for name, value in fields.items()} or {b"c": b"%d" % number}


def write(folder, *pages, size=1 << 26):
    writer = SegmentWriter(folder, 0, Stream.COMMANDS, size=size)
    for page in pages:
        writer.append(list(tables(page)))
    return writer


def read(folder, after=START):
    return [each for table in Segments(folder, 0, Stream.COMMANDS).read(after) for each in table.entries()]


def files(folder):
    return sorted((folder / "shard-0" / "commands").glob("0*"))


ids = st.builds(EntryId, st.integers(0, TOP), st.integers(0, TOP)).filter(lambda each: each > START)
fields = st.dictionaries(st.binary(max_size=9), st.binary(max_size=40), max_size=3)
pages = st.lists(st.tuples(ids, fields), max_size=12, unique_by=lambda each: each[0]).flatmap(
    lambda found: st.tuples(st.just(sorted(found, key=lambda each: each[0])), st.integers(1, 5))
)


@settings(max_examples=60, deadline=None)
@given(pages=pages, size=st.sampled_from([1, 300, 1 << 20]), after=ids)
def test_entries_of_any_bytes_come_back_from_open_and_closed_segments(tmp_path_factory, pages, size, after):
    folder = tmp_path_factory.mktemp("any")
    entries, step = pages
    write(folder, *(entries[at : at + step] for at in range(0, len(entries), step)), size=size)
    assert read(folder) == entries
    assert read(folder, after) == [each for each in entries if each[0] > after]
    archive = Segments(folder, 0, Stream.COMMANDS)
    assert archive.last() == (entries[-1][0] if entries else START)
    archive.check()
    assert SegmentWriter(folder, 0, Stream.COMMANDS).last == archive.last()


def test_tables_are_cut_at_ids():
    (table,) = tables([(EntryId(5, seq), {b"c": b"x" * seq}) for seq in (0, 2)])
    assert [len(table.after(EntryId(5, seq))) for seq in (0, 1, 2)] == [1, 1, 0]
    assert [len(table.until(EntryId(5, seq))) for seq in (0, 1, 2)] == [1, 1, 2]
    assert bytes(table.after(EntryId(5, 0)).columns[0]) == b"xx"
    assert just_before(EntryId(7, 0)) == EntryId(6, TOP)


def test_every_torn_length_of_the_last_write_is_cut(tmp_path):
    write(tmp_path, [entry(1), entry(2, c=b"two", g=b"7")], [entry(3), entry(4, s=b"a longer one")])
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    first = len(whole)
    while len(read(tmp_path)) == 4:
        first -= 1
        path.write_bytes(whole[:first])
        if first < HEADER.size:
            break
    start = whole.rfind(b"BLK1")
    for length in range(start, len(whole)):
        path.write_bytes(whole[:length])
        assert [name.ms for name, _ in read(tmp_path)] == [1, 2]
        writer = SegmentWriter(tmp_path, 0, Stream.COMMANDS)
        assert (writer.last, path.stat().st_size) == (EntryId(2, 0), start)
        writer.append(list(tables([entry(9)])))
        assert [name.ms for name, _ in read(tmp_path)] == [1, 2, 9]


@pytest.mark.parametrize("length", [0, 1, HEADER.size - 1, HEADER.size, HEADER.size + 20])
def test_a_segment_whose_first_write_is_torn_is_begun_again(tmp_path, length):
    write(tmp_path, [entry(1)])
    (path,) = files(tmp_path)
    path.write_bytes(path.read_bytes()[:length])
    assert read(tmp_path) == []
    writer = SegmentWriter(tmp_path, 0, Stream.COMMANDS)
    assert writer.last == START
    writer.append(list(tables([entry(1), entry(2)])))
    assert [name.ms for name, _ in read(tmp_path)] == [1, 2]


def test_every_flipped_byte_of_a_closed_segment_is_found(tmp_path):
    write(tmp_path, [entry(1), entry(2, c=b"two", g=b"7")], [entry(3)], [entry(4)], size=200)
    path = files(tmp_path)[0]
    assert path.suffix == ".segment"
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        with pytest.raises(DataError, match=str(path)):
            read(tmp_path)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=str(path)):
            read(tmp_path)
    path.write_bytes(whole)
    assert len(read(tmp_path)) == 4


def test_every_flipped_byte_before_the_last_write_of_an_open_segment_is_refused(tmp_path):
    write(tmp_path, [entry(1), entry(2)], [entry(3)], [entry(4)])
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    last = whole.rfind(b"BLK1")
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        if at < last:
            with pytest.raises(DataError, match=rf"{path.name} is damaged at byte [\d,]+: .*; restore"):
                SegmentWriter(tmp_path, 0, Stream.COMMANDS)
        else:
            assert SegmentWriter(tmp_path, 0, Stream.COMMANDS).last == EntryId(3, 0)
            path.write_bytes(whole)


def test_a_missing_or_foreign_segment_is_refused(tmp_path):
    write(tmp_path, *([entry(number)] for number in range(1, 6)), size=1)
    paths = files(tmp_path)
    assert len(paths) == 5
    second = paths[1].read_bytes()
    paths[1].unlink()
    with pytest.raises(DataError, match=r"00000002 in .* is missing"):
        read(tmp_path)
    other = tmp_path / "other"
    write(other, [entry(1, c=b"?")], [entry(2)], [entry(3)], size=1)
    paths[1].write_bytes(files(other)[1].read_bytes())
    with pytest.raises(DataError, match="does not continue the segment before it"):
        read(tmp_path)
    paths[1].write_bytes(second)
    assert [name.ms for name, _ in read(tmp_path)] == [1, 2, 3, 4, 5]
    foreign = tmp_path / "shard-0" / "events"
    foreign.mkdir()
    paths[0].rename(foreign / paths[0].name)
    with pytest.raises(DataError, match="is of stream 1 of shard 0, not of stream 2"):
        list(Segments(tmp_path, 0, Stream.EVENTS).read())


def test_entries_that_do_not_follow_are_refused(tmp_path):
    writer = write(tmp_path, [entry(5)])
    for number in (4, 5):
        with pytest.raises(DataError, match=f"The entry {number}-0 does not follow 5-0"):
            writer.append(list(tables([entry(number)])))
    assert [name.ms for name, _ in read(tmp_path)] == [5]


@pytest.mark.parametrize("size", [1, 1 << 20], ids=["closed", "open"])
@pytest.mark.parametrize("last", [0, 1, 3, 4, 6, 7])
def test_an_archive_goes_back_and_keeps_what_it_leaves(tmp_path, size, last):
    before = [entry(number) for number in range(1, 8)]
    writer = write(tmp_path, before[:2], before[2:5], before[5:], size=size)
    writer.cut_back(EntryId(last, 0) if last else START)
    assert writer.last == (EntryId(last, 0) if last else START)
    assert read(tmp_path) == before[:last]
    writer.append(list(tables([entry(20), entry(21)])))
    assert [name.ms for name, _ in read(tmp_path)] == [*range(1, last + 1), 20, 21]
    Segments(tmp_path, 0, Stream.COMMANDS).check()
    aside = tmp_path / "shard-0" / "commands" / "orphaned"
    assert bool(list(aside.iterdir())) == (last < 7)


def test_a_crash_while_a_segment_is_closed_leaves_one_of_the_two(tmp_path, monkeypatch):
    writer = write(tmp_path, [entry(1)], [entry(2)], size=1)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StoreError):
        writer.append(list(tables([entry(3)])))
    monkeypatch.undo()
    assert len(files(tmp_path)) == 3  # the second one open and closed
    assert [name.ms for name, _ in read(tmp_path)] == [1, 2]
    write(tmp_path, [entry(3)], size=1)
    assert [name.ms for name, _ in read(tmp_path)] == [1, 2, 3]
    assert [each.suffix for each in files(tmp_path)] == [".segment", ".segment", ".open"]


def refuse(*_arguments, **_names):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("fault", ["pwrite", "fsync"])
def test_a_full_disk_is_said_and_changes_nothing(tmp_path, monkeypatch, fault):
    writer = write(tmp_path, [entry(1)])
    real = os.pwrite

    def half(descriptor, data, at):
        if len(data) < 20:
            refuse()
        return real(descriptor, data[: len(data) // 2], at)

    monkeypatch.setattr(os, fault, half if fault == "pwrite" else refuse)
    with pytest.raises(StoreError, match="The archive cannot be written: No space left on device; make room"):
        writer.append(list(tables([entry(2), entry(3)])))
    monkeypatch.undo()
    assert [name.ms for name, _ in read(tmp_path)] == [1]
    writer.append(list(tables([entry(2), entry(3)])))
    assert [name.ms for name, _ in read(tmp_path)] == [1, 2, 3]


def test_columns_are_views_of_a_closed_segment(tmp_path):
    page = [(EntryId(at, 0), {b"v": b"1", b"c": bytes([at]) * 128}) for at in range(1, 101)]
    write(tmp_path, *([each] for each in page), [entry(200)], size=20_000)
    table = next(iter(Segments(tmp_path, 0, Stream.COMMANDS).read()))
    assert len(table) > 50, "small blocks are joined when a segment is closed"
    commands = np.frombuffer(table.values(b"c"), np.uint8).reshape(-1, 128)
    assert commands[:, 0].tolist() == table.ids["ms"].tolist()
    assert not commands.flags.owndata
