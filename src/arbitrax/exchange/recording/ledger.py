"""Events become records: the orders that are open, the positions, and what changed since the last time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.domain.errors import DataError
from arbitrax.exchange.identifiers import first_event, order_text
from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.recording.order_record import Answer, OrderRecord, submitted
from arbitrax.exchange.recording.ports import Changes, Fill, Instrument, Payment
from arbitrax.exchange.recording.position_record import PositionRecord, RoundTrip
from arbitrax.exchange.records import FEES, HOUSE, Code, Happening, Kind, Type

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ACCEPTED, _FILLED, _CANCELLED = int(Happening.ACCEPTED), int(Happening.FILLED), int(Happening.CANCELLED)
_AMENDED, _REFUSED, _TRIGGERED = int(Happening.AMENDED), int(Happening.REFUSED), int(Happening.TRIGGERED)
_DECREMENTED, _CASH = int(Happening.DECREMENTED), int(Happening.CASH)
_SUBMIT = int(Kind.SUBMIT)
_PAID = frozenset({int(Code.DEPOSITED), int(Code.WITHDRAWN)})


class NotRegisteredError(DataError):
    """An account or a symbol trades that the database has no name for yet."""


class Ledger:
    """A shard's open orders and positions, as of its last event."""

    def __init__(
        self,
        shard: int,
        instruments: Mapping[int, Instrument],
        accounts: Collection[int],
        orders: Iterable[OrderRecord],
        positions: Iterable[PositionRecord],
        *,
        only: Set[int] | None = None,
        account: int | None = None,
    ) -> None:
        """Begin with what is open; ``only`` follows some orders and nothing else, ``account`` one account."""
        self._shard = shard
        self._instruments = instruments
        self._accounts = frozenset(accounts)
        self.orders = {each.id: each for each in orders}
        """Open ones."""
        self.positions = {(each.account, each.symbol): each for each in positions}
        self._only, self._account = only, account
        self._new: dict[int, OrderRecord] = {}
        self._changed: dict[int, OrderRecord] = {}
        self._moved: dict[tuple[int, int], PositionRecord] = {}
        self._fills: list[Fill] = []
        self._trips: list[RoundTrip] = []
        self._payments: list[Payment] = []
        self.ended_unknown: set[int] = set()
        """Of one account: orders that ended and were not among those to begin with."""

    def take(
        self,
        epoch: int,
        entry: EntryId,
        commands: NDArray[np.void],
        counts: NDArray[np.uint32],
        events: NDArray[np.void],
        *,
        executed: int = 0,
    ) -> None:
        """Take in what a command entry gave: ``counts`` (commands,) events each, ``events`` (events,) of EVENT.

        ``executed``: when that was, ms; 0: not told.

        Raises:
            NotRegisteredError: an account or symbol has no row yet; the ledger is then of no use any more.
            DataError: events contradict what came before.
        """
        rows, number, time = events.tolist(), first_event(epoch, self._shard, entry), entry.ms
        at = 0
        for command, count in zip(commands.tolist() if len(rows) else (), counts.tolist(), strict=False):
            self._take(command, rows, at, at + count, number=number, time=time, executed=executed or None)
            at += count

    def _take(
        self,
        command: tuple[Any, ...],
        rows: list[tuple[int, ...]],
        at: int,
        end: int,
        *,
        number: int,
        time: int,
        executed: int | None,
    ) -> None:
        """Take in the events of a command, ``rows[at:end]``."""
        accepted, told, total = None, 0, 0
        while at < end:
            event = rows[at]
            kind = event[10]
            if kind == _FILLED:
                at = self._fill(rows, at, end, number + 2 * at, time)
                continue
            if kind == _REFUSED:
                if command[13] == _SUBMIT:
                    self._refuse(command, event, number + 2 * at, time, executed)
            elif kind == _ACCEPTED:
                accepted = self._accept(command, event, number + 2 * at, time, executed)
                told, total = end - at, event[3]
            elif kind in (_CANCELLED, _AMENDED, _TRIGGERED, _DECREMENTED) and event[0]:
                self._change(command, event, number + 2 * at, time)
            elif kind == _CASH and event[9] in _PAID:
                self._pay(event, number + 2 * at, time)
            at += 1
        if accepted is not None:
            left = accepted.total - accepted.filled if accepted.ended is None else 0
            accepted.answer = Answer(told, total, left)

    def changes(self) -> Changes:
        """Return what changed since the last time."""
        return Changes(
            list(self._new.values()),
            list(self._changed.values()),
            self._fills,
            self._trips,
            list(self._moved.values()),
            self._payments,
        )

    def stored(self) -> None:
        """Forget what changed: it is stored."""
        for each in (self._new, self._changed):
            for order in each.values():
                if order.ended is not None:
                    self.orders.pop(order.id, None)
        self._new, self._changed, self._moved, self._fills, self._trips = {}, {}, {}, [], []
        self._payments = []

    def _accept(
        self, command: tuple[Any, ...], event: tuple[int, ...], number: int, time: int, executed: int | None
    ) -> OrderRecord | None:
        if not (self._follows(event[7]) and self._recorded(event[6], event[7])):
            return None
        if self._only is not None and event[0] not in self._only:
            return None
        order = submitted(command, order=event[0], event=number, time=time, executed=executed)
        order.total = event[3]
        if order.limit is not None and order.type != Type.PEG:
            order.limit = event[2]  # a post-only order may have slid
        self.orders[order.id] = self._new[order.id] = order
        return order

    def _refuse(
        self, command: tuple[Any, ...], event: tuple[int, ...], number: int, time: int, executed: int | None
    ) -> None:
        code, known = event[9], event[7] in self._accounts
        if (
            not event[0]
            or (self._only is not None and event[0] not in self._only)
            or not self._follows(event[7])
            or (not known and code in (Code.UNKNOWN_SYMBOL, Code.UNKNOWN_ACCOUNT))
        ):
            return  # no order, or nobody's
        if code != Code.UNKNOWN_SYMBOL and not self._recorded(event[6], event[7]):
            return
        order = submitted(command, order=event[0], event=number, time=time, executed=executed)
        order.refused, order.reason, order.ended = True, code, time
        self._new[order.id] = order

    def _change(self, command: tuple[Any, ...], event: tuple[int, ...], number: int, time: int) -> None:
        if not (self._follows(event[7]) and self._recorded(event[6], event[7])):
            return
        order, kind = self._open(event[0]), event[10]
        if order is None:
            if kind == _CANCELLED:
                self.ended_unknown.add(event[0])
            return
        if kind == _CANCELLED:
            order.ended, order.reason = time, event[9]
        elif kind == _AMENDED:
            order.total = event[3]
            if command[2] and order.limit is not None:
                order.limit = command[2] if order.type == Type.PEG else event[2]
            if command[4] and order.stop is not None:
                order.stop = command[4]
        elif kind == _TRIGGERED:
            order.triggered, order.stop = time, event[2]
        else:
            order.total = order.filled + event[4]
        self._note(order, number)

    def _fill(self, rows: list[tuple[int, ...]], at: int, end: int, number: int, time: int) -> int:
        """Take in a fill and the fees that follow it; return where the next event is."""
        event = rows[at]
        taker, maker, price, lots, symbol = event[0], event[1], event[2], event[3], event[6]
        fees = {}
        at += 1
        while at < end and rows[at][10] == _CASH and rows[at][9] == Code.FEE:
            fees[rows[at][0]] = -rows[at][2]
            at += 1
        if (self._follows(event[7]) or self._follows(event[8])) and self._recorded(symbol, event[7], event[8]):
            signed = -lots if event[11] else lots
            auction = event[9] == Code.UNCROSSED
            for order, account, left, moved, side in (
                (taker, event[7], event[4], signed, 0),
                (maker, event[8], event[5], -signed, 1),
            ):
                if account != HOUSE and self._follows(account):
                    fill = Fill(number + side, account, order, symbol, moved, price, fees.get(order, 0), auction, time)
                    self._book(fill, left)
        return at

    def _book(self, fill: Fill, left: int) -> None:
        order, lots = self._open(fill.order), abs(fill.lots)
        if order is None:
            if self._account is None or self._only is not None:
                return
            if not left:
                self.ended_unknown.add(fill.order)
        else:
            order.filled += lots
            order.paid += lots * fill.price
            order.fees += fill.fee
            order.traded = fill.time
            order.total = order.filled + left
            if not left and order.funds is None:
                order.ended = fill.time
            self._note(order, fill.id)
        self._fills.append(fill)
        key = fill.account, fill.symbol
        position = self.positions.get(key)
        if position is None:
            position = self.positions[key] = PositionRecord(*key)
        self._moved[key] = position
        ended = position.trade(
            fill.lots,
            fill.price,
            fill.fee,
            tick_value=self._instruments[fill.symbol].tick_value,
            order=fill.order,
            event=fill.id,
            time=fill.time,
        )
        if ended is not None:
            self._trips.append(ended)

    def _pay(self, event: tuple[int, ...], number: int, time: int) -> None:
        account = event[7]
        if self._only is None and account not in (FEES, HOUSE) and self._follows(account):
            self._require_registered(account)
            self._payments.append(Payment(number, account, event[2], time))

    def _follows(self, account: int) -> bool:
        return self._account is None or self._account == account

    def _note(self, order: OrderRecord, number: int) -> None:
        order.last_event = number
        if order.id not in self._new:
            self._changed[order.id] = order

    def _open(self, number: int) -> OrderRecord | None:
        order = self.orders.get(number)
        if order is None and self._only is None and self._account is None:
            raise DataError(
                f"The events of shard {self._shard} name {order_text(number)}, which is not recorded as open; the "
                "database and the journal are not of one history: record into an empty database."
            )
        return order

    def _recorded(self, symbol: int, *accounts: int) -> bool:
        instrument = self._instruments.get(symbol)
        if instrument is None:
            raise NotRegisteredError(
                f"Symbol {symbol} of shard {self._shard} trades, and exchange_instruments does not say what it is; "
                "add it with `arbitrax exchange configure`."
            )
        if not instrument.keeps_accounts:
            return False
        for each in accounts:
            if each != HOUSE and self._account is None:
                self._require_registered(each)
        return True

    def _require_registered(self, account: int) -> None:
        if account not in self._accounts:
            raise NotRegisteredError(
                f"Account {account} of shard {self._shard} trades, and no row of accounts has this number; add it "
                "with `arbitrax exchange configure`."
            )
