"""Records of the exchange as lines of PostgreSQL's text COPY: integers, which the statements turn into decimals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import json

from arbitrax.domain.ids import new_uuid
from arbitrax.exchange.identifiers import ORDER_MARK, order_text
from arbitrax.exchange.recording.order_record import OrderRecord
from arbitrax.exchange.recording.ports import Fill, Payment
from arbitrax.exchange.recording.position_record import PositionRecord, RoundTrip
from arbitrax.exchange.recording.request_record import RequestRecord
from arbitrax.exchange.records import Code

REASONS = {int(each): "none" if each == Code.OK else each.name.lower() for each in Code}
CODES = {word: Code(number) for number, word in REASONS.items()}
_NONE = "\\N"
_NO_ANSWER = "\\N\t\\N\t\\N"
_LAST = (1 << 63) - 1
_NS = 1_000_000
_MARK = f"{ORDER_MARK:016x}"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_PLAIN = frozenset(map(chr, range(0x21, 0x7F)))


def _or_none(value: int | None) -> int | str:
    return _NONE if value is None else value


def _client(text: str) -> str:
    """Return a client id, escaped; one that the engine refused for its bytes is left out."""
    return text.replace("\\", "\\\\") if text and _PLAIN.issuperset(text) else _NONE


def _answer(order: OrderRecord) -> str:
    return _NO_ANSWER if order.answer is None else "\t".join(map(str, order.answer))


def order_lines(orders: Iterable[OrderRecord], *, is_new: bool) -> Iterator[str]:
    """Yield rows of ``incoming_orders``."""
    new = "t" if is_new else "f"
    for each in orders:
        expires = _NONE if each.expires is None else max(min(each.expires * _NS, _LAST), -_LAST)
        yield (
            f"{each.id:016x}{_MARK}\t{new}\t{each.account}\t{each.symbol}\t{each.side}\t{each.type}\t"
            f"{each.time_in_force}\t{each.self_trade}\t{each.flags}\t{each.total}\t{_or_none(each.limit)}\t"
            f"{_or_none(each.stop)}\t{_or_none(each.trail)}\t{_or_none(each.display)}\t{_or_none(each.offset)}\t"
            f"{_or_none(each.funds)}\t{expires}\t{_client(each.client)}\t{_or_none(each.body)}\t{each.created}\t"
            f"{_or_none(each.executed)}\t{_answer(each)}\t{each.event:032x}\t"
            f"{each.last_event:032x}\t{each.filled}\t{each.paid}\t{each.fees}\t{_or_none(each.traded)}\t"
            f"{_or_none(each.triggered)}\t{_or_none(each.ended)}\t{each.status}\t{REASONS[each.reason]}\n"
        )


def fill_lines(fills: Iterable[Fill]) -> Iterator[str]:
    """Yield rows of ``incoming_fills``."""
    for id, account, order, symbol, lots, price, fee, is_auction, time in fills:
        yield (
            f"{id:032x}\t{account}\t{order:016x}{_MARK}\t{symbol}\t{lots}\t{price}\t{fee}\t{'t' if id & 1 else 'f'}\t"
            f"{'auction' if is_auction else 'continuous'}\t{time}\n"
        )


def payment_lines(payments: Iterable[Payment]) -> Iterator[str]:
    """Yield rows of ``incoming_payments``."""
    for id, account, amount, time in payments:
        yield f"{id:032x}\t{account}\t{amount}\t{time}\n"


def request_lines(requests: Iterable[RequestRecord]) -> Iterator[str]:
    """Yield rows of ``incoming_requests``."""
    for origin, action, account, order, detail, time in requests:
        key = _NONE if origin.key is None else origin.key.hex()
        yield (
            f"{new_uuid(time * _NS)}\t{origin.user.hex()}\t{key}\t{action}\t{account}\t"
            f"{order_text(order) if order else _NONE}\t{_text(json.encode(detail).decode())}\t"
            f"{_text(origin.address)}\t{_text(origin.request)}\t{time}\n"
        )


def _text(text: str | None) -> str:
    return _NONE if text is None else text.translate(_ESCAPES)


def trip_lines(trips: Iterable[RoundTrip]) -> Iterator[str]:
    """Yield rows of ``incoming_trips``."""
    for each in trips:
        yield (
            f"{each.id:032x}\t{each.account}\t{each.symbol}\t{'long' if each.is_long else 'short'}\t{each.lots}\t"
            f"{each.paid}\t{each.received}\t{each.realised}\t{each.fees}\t{each.entry_order}\t{each.exit_order}\t"
            f"{each.began}\t{each.ended}\t{'reversed' if each.reversed else 'closed'}\n"
        )


def position_lines(positions: Iterable[PositionRecord]) -> Iterator[str]:
    """Yield rows of ``incoming_positions``."""
    for each in positions:
        yield (
            f"{each.account}\t{each.symbol}\t{each.lots}\t{each.cost}\t{each.realised}\t{each.fees}\t"
            f"{each.trip_entered}\t{each.trip_paid}\t{each.trip_exited}\t{each.trip_received}\t{each.trip_realised}\t"
            f"{each.trip_fees}\t{_or_none(each.trip_order)}\t{_or_none(each.trip_began)}\t{each.last_event:032x}\n"
        )
