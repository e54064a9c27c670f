"""Read a LOBSTER message file and the order book file beside it.

Both are CSV without a header, a row a message; the book's row is the book after it. Source:
https://lobsterdata.com/info/DataStructure.php
"""

from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import DataError, InputError
from arbitrax.exchange.records import MAX_PRICE, MAX_QUANTITY, Side

Ints = NDArray[np.int64]
LAST_SECOND = 2 * 86_400
"""Of a message: no day is longer."""


class MessageType(IntEnum):
    """What a message says."""

    SUBMISSION = 1
    PARTIAL_CANCEL = 2
    DELETION = 3
    EXECUTION = 4
    """Of a visible order."""
    HIDDEN_EXECUTION = 5
    CROSS_TRADE = 6
    HALT = 7


class Depth(NamedTuple):
    """A side of the book after each message: prices and sizes, (levels, messages) int64; size 0: no such level."""

    prices: Ints
    sizes: Ints


class Lobster(NamedTuple):
    """A day. Columns are (messages,) int64: time in ns after midnight, price in 1/10,000 dollar, size in shares.

    side: of the resting order, `Side`. book: by side.
    """

    time: Ints
    type: Ints
    id: Ints
    size: Ints
    price: Ints
    side: Ints
    book: tuple[Depth, Depth]

    @property
    def levels(self) -> int:
        """Return how many levels of a side the order book file has."""
        return len(self.book[0].prices)

    @property
    def of_orders(self) -> NDArray[np.bool_]:
        """Return which messages change visible orders."""
        return self.type <= MessageType.EXECUTION


def book_file_of(messages: Path) -> Path:
    """Return the name of the order book file that belongs to a message file.

    Raises:
        InputError: the name has no `_message_` to tell it from, or is that of an order book file.
    """
    before, found, after = messages.name.rpartition("_message_")
    if not found and "_orderbook_" in messages.name:
        raise InputError(f"{messages.name} is an order book file; give the message file that belongs to it.")
    if not found:
        raise InputError(f"{messages.name} has no '_message_' in its name; name the order book file with --book.")
    return messages.with_name(f"{before}_orderbook_{after}")


def read_lobster(messages: Path, book: Path) -> Lobster:
    """Return a day.

    Raises:
        DataError: a file is missing, empty or damaged, or the two do not belong together.
    """
    seconds, *columns = _read(messages, ["float64"] + ["int64"] * 5)
    rows = _read(book, None)
    if len(rows) % 4:
        raise DataError(f"{book} has {len(rows)} columns; ask price, ask size, bid price, bid size a level make four.")
    if len(rows[0]) != len(seconds):
        raise DataError(f"{messages.name} has {len(seconds):,} rows and {book.name} {len(rows[0]):,}; they are a pair.")
    kind, number, size, price, direction = columns
    _check(messages, seconds, columns)
    sides = [Depth(np.stack(rows[2 - 2 * side :: 4]), np.stack(rows[3 - 2 * side :: 4])) for side in (0, 1)]
    _check_book(book, sides)
    time = np.rint(seconds * 1e9).astype(np.int64)
    return Lobster(time, kind, number, size, price, (direction < 0).astype(np.int64), (sides[0], sides[1]))


def _read(path: Path, types: list[str] | None) -> list[NDArray[Any]]:
    """Return the columns of a CSV file; types None: as many integers as its first line has."""
    import pyarrow
    from pyarrow import csv

    try:
        with path.open("rb") as file:
            first = file.readline()
        if not first.strip():
            raise DataError(f"{path} is empty.")
        if types is None:
            types = ["int64"] * (first.count(b",") + 1)
        names = [str(at) for at in range(len(types))]
        table = csv.read_csv(
            path,
            read_options=csv.ReadOptions(column_names=names),
            parse_options=csv.ParseOptions(quote_char=False),
            convert_options=csv.ConvertOptions(column_types=dict(zip(names, types, strict=True)), null_values=[]),
        )
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None
    except pyarrow.ArrowInvalid as error:
        raise DataError(f"{path} is not a LOBSTER file: {str(error).rstrip('.')}.") from None
    return [column.to_numpy() for column in table.columns]


def _check(path: Path, seconds: NDArray[np.float64], columns: list[Ints]) -> None:
    """Refuse messages that say what cannot be."""
    kind, _, size, price, direction = columns
    orders = kind <= MessageType.EXECUTION
    checks = {
        "time": (seconds, ~((seconds >= 0) & (seconds < LAST_SECOND)), "seconds after midnight"),
        "type": (kind, (kind < MessageType.SUBMISSION) | (kind > MessageType.HALT), "1 to 7"),
        "size": (size, orders & ((size <= 0) | (size > MAX_QUANTITY)), "above 0"),
        "price": (price, orders & ((price <= 0) | (price > MAX_PRICE)), "above 0, in 1/10,000 dollar"),
        "direction": (direction, orders & (np.abs(direction) != 1), "1 or -1"),
    }
    for name, (column, wrong, allowed) in checks.items():
        if wrong.any():
            at = int(np.argmax(wrong))
            raise DataError(f"{path}, line {at + 1}: {name} {column[at]} is not possible; it is {allowed}.")
    back = np.diff(seconds) < 0
    if back.any():
        at = int(np.argmax(back)) + 1
        raise DataError(
            f"{path}, line {at + 1}: time {seconds[at]} is before the line above; sort the messages by time."
        )


def _check_book(path: Path, sides: list[Depth]) -> None:
    """Refuse sizes below 0 and levels that are not from best to worst, and a first row that is crossed."""
    for side, (prices, sizes) in enumerate(sides):
        real = sizes > 0
        better = np.diff(prices, axis=0) * (1 if side == Side.SELL else -1) <= 0
        wrong = (sizes < 0).any(0) | (real & ((prices <= 0) | (prices > MAX_PRICE) | (sizes > MAX_QUANTITY))).any(0)
        wrong |= (real[1:] & (better | ~real[:-1])).any(0)
        if wrong.any():
            raise DataError(
                f"{path}, line {int(np.argmax(wrong)) + 1}: the {'bids' if side == Side.BUY else 'asks'} are no levels "
                "from best to worst with sizes above 0."
            )
    (bids, bid_sizes), (asks, ask_sizes) = sides
    if bid_sizes[0, 0] and ask_sizes[0, 0] and bids[0, 0] >= asks[0, 0]:
        raise DataError(f"{path}, line 1: bid {bids[0, 0]} meets ask {asks[0, 0]}; begin the pair where trading is on.")
