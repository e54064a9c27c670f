"""A reply with entries of a stream, by column."""

from __future__ import annotations

from arbitrax.domain.errors import StoreError
from arbitrax.exchange.journal import CHECKSUM, VERSION, EntryId, checked, wrong_checksum
from arbitrax.exchange.service.entry_tables import ID, EntryTable
from arbitrax.kernels import stream_reply


def read_reply(data: bytearray, size: int) -> list[EntryTable]:
    """Return the entries of a whole reply to XRANGE, (size,) of ``data``; nothing in them is a view of it.

    Raises:
        DataError: an entry is damaged, or of another version.
        StoreError: it is no such reply.
    """
    count, at = stream_reply.read_head(data, size)
    found, rows = [], 0
    while rows < count:
        read = stream_reply.read_entries(data, size, at, count - rows)
        if read is None:
            raise StoreError("The journal's server answers with entries that were deleted meanwhile; try again.")
        names, ids, starts, lengths, at = read
        columns = tuple(stream_reply.gather(data, *each) for each in zip(starts, lengths, strict=True))
        table = EntryTable(names, ids.view(ID)[:, 0], lengths, columns)
        place = names.index(CHECKSUM) if CHECKSUM in names else -1
        if place < 0 or b"v" not in names or columns[names.index(b"v")] != VERSION * len(ids):
            wrong = 0
        else:
            wrong = stream_reply.first_wrong(data, names, starts, lengths, place)
        if wrong >= 0:
            for _ in checked(table.entries()):
                pass  # one of them says what is wrong
            raise wrong_checksum(EntryId(*ids[wrong].tolist()))
        found.append(table)
        rows += len(ids)
    return found
