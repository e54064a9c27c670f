"""Ids of orders and events beyond the engine, each a reversible encoding that sorts like what it encodes."""

from typing import NamedTuple
from uuid import UUID

from arbitrax.domain import ids
from arbitrax.domain.errors import DataError, UnknownNameError
from arbitrax.exchange.journal import EntryId

ORDER_MARK = 0x6172_6269_7472_6178
"""Second half of an order's UUID: the bytes of ``arbitrax``."""
FILL = "fill"
"""Prefix of a fill's id."""
_PREFIX = "ord_"
_DIGITS = 16
_HALF = (1 << 64) - 1
_INDEX_BITS, _SEQ_BITS, _MS_BITS, _SHARD_BITS = 25, 32, 46, 8


class EventId(NamedTuple):
    """Which event: epoch, command entry, and its number among the events of that entry, from 0."""

    epoch: int
    shard: int
    entry: EntryId
    event: int


def order_uuid(number: int) -> UUID:
    """Return the id of an order in PostgreSQL; ``number`` is the engine's: epoch:16 | shard:8 | seq:40."""
    return UUID(int=number << 64 | ORDER_MARK)


def order_number(uuid: UUID) -> int:
    """Return the engine's id of an order.

    Raises:
        UnknownNameError: no order of the exchange has such a UUID.
    """
    if uuid.int & _HALF != ORDER_MARK:
        raise UnknownNameError(f"{uuid} is no id of an order of the exchange.")
    return uuid.int >> 64


def order_text(number: int) -> str:
    """Return ``ord_`` and 16 hex digits."""
    return f"{_PREFIX}{number:016x}"


def parse_order(text: str) -> int:
    """Return the engine's id of an order from `order_text`.

    Raises:
        UnknownNameError: it is none.
    """
    digits = text.removeprefix(_PREFIX)
    if len(digits) != _DIGITS or digits == text or set(digits) - set("0123456789abcdef") or digits[0] > "7":
        raise UnknownNameError(f"{text!r} is no id of an order; they look like {order_text(1 << 48 | 1)}.")
    return int(digits, 16)


def fill_text(number: int) -> str:
    """Return ``fill_`` and 26 characters that sort by time: of the event, and whose side of it (`first_event`)."""
    return ids.encode(FILL, UUID(int=number))


def first_event(epoch: int, shard: int, entry: EntryId) -> int:
    """Return the number of an entry's first event: add ``2 x index``, and 1 for the maker's side of a fill.

    Raises:
        DataError: the entry's id does not fit: 46 bits of ms, 32 of seq.
    """
    if entry.ms >> _MS_BITS or entry.seq >> _SEQ_BITS:
        raise DataError(f"The entry {entry} has an id that no clock gives; events of it cannot be recorded.")
    word = (epoch << _SHARD_BITS | shard) << _MS_BITS | entry.ms
    return (word << _SEQ_BITS | entry.seq) << (_INDEX_BITS + 1)


def event_of(uuid: UUID) -> EventId:
    """Return which event a fill, a round trip or a change of an order is recorded under."""
    word, index = divmod(uuid.int >> 1, 1 << _INDEX_BITS)
    word, seq = divmod(word, 1 << _SEQ_BITS)
    word, ms = divmod(word, 1 << _MS_BITS)
    epoch, shard = divmod(word, 1 << _SHARD_BITS)
    return EventId(epoch, shard, EntryId(ms, seq), index)
