"""What an engine answers, typed: a frozen `Event` each, read from the records when it is looked at."""

from collections.abc import Iterator, Sequence
from struct import Struct
from typing import overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.event_text import describe
from arbitrax.exchange.records import EVENT, Code, Happening, Side

_KINDS = {int(each): each for each in Happening}
_CODES = {int(each): each for each in Code}
_SIDES = {int(each): each for each in Side}
_ABOUT = frozenset(int(each) for each in (Happening.ACCEPTED, Happening.AMENDED, Happening.REFUSED, Happening.REPEATED))
_REFUSALS = frozenset(int(each) for each in (Happening.REFUSED, Happening.REPEATED))
_ROW = Struct("<6q3IH2B")
_order_at = Struct("<q").unpack_from
_SIZE, _KIND, _CODE = _ROW.size, 62, 60
"""Bytes of an event, and where its kind and code stand: what most callers ask is answered without the rest."""


class Event(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened, the fields of `records.EVENT`; ``str`` is a sentence. Ticks, lots, units of cash.

    ``order`` is whom it is about, of a fill the taker, and ``maker`` the resting order it met; ``open`` are the order's
    open lots afterwards. ``maker_open`` is the same of the maker, and of other kinds what the book shows of the order.
    """

    order: int
    maker: int
    price: int
    quantity: int
    open: int
    maker_open: int
    symbol: int
    account: int
    maker_account: int
    code: Code
    kind: Happening
    side: Side

    def __str__(self) -> str:
        return describe(self)

    def __repr__(self) -> str:
        fields = ((name, getattr(self, name)) for name in self.__struct_fields__ if name not in ("kind", "side"))
        given = [f"{name}={value.name if name == 'code' else value}" for name, value in fields if value]
        return f"Event({', '.join([self.kind.name, self.side.name, *given])})"


class Events(Sequence[Event]):
    """The events of a command, in order; made from records of `records.EVENT` or their bytes."""

    __slots__ = ("_bytes", "_events")

    def __init__(self, records: bytes | NDArray[np.void]) -> None:
        self._bytes = bytes(records)
        self._events: list[Event] | None = None

    @property
    def records(self) -> NDArray[np.void]:
        """The same as an array of `records.EVENT`, read-only."""
        return np.frombuffer(self._bytes, EVENT)

    @property
    def order(self) -> int:
        """The id of the order that was submitted or amended, a refused one's too; 0 of other commands."""
        data = self._bytes
        for at in range(0, len(data), _SIZE):
            if data[at + _KIND] in _ABOUT:
                order: int = _order_at(data, at)[0]
                return order
        return 0

    @property
    def refused(self) -> Code | None:
        """Why the command was refused; None when it was not. A repeat of a refused submission is refused again."""
        data = self._bytes
        for at in range(0, len(data), _SIZE):
            code = data[at + _CODE] | data[at + _CODE + 1] << 8
            if code and data[at + _KIND] in _REFUSALS:
                return _CODES[code]
        return None

    @property
    def fills(self) -> list[Event]:
        """The trades, those of stops that were triggered included."""
        return [each for each in self if each.kind == Happening.FILLED]

    @property
    def filled(self) -> int:
        """The lots that `order` traded as taker."""
        order = self.order
        return sum(each.quantity for each in self if each.kind == Happening.FILLED and each.order == order)

    def _read(self) -> list[Event]:
        if self._events is None:
            self._events = [
                Event(a, b, c, d, e, f, g, h, i, _CODES[code], _KINDS[kind], _SIDES[side])
                for a, b, c, d, e, f, g, h, i, code, kind, side in _ROW.iter_unpack(self._bytes)
            ]
        return self._events

    @overload
    def __getitem__(self, at: int) -> Event: ...
    @overload
    def __getitem__(self, at: slice) -> list[Event]: ...
    def __getitem__(self, at: int | slice) -> Event | list[Event]:
        return self._read()[at]

    def __iter__(self) -> Iterator[Event]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._bytes) // _SIZE

    def __repr__(self) -> str:
        return "\n".join(str(each) for each in self) or "no events"
