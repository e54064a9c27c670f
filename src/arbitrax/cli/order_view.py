"""Orders as rows of a table on the terminal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arbitrax.trading.orders import OrderState

COLUMNS = ("order", "symbol", "side", "type", "price", "quantity", "filled", "open", "status")
WORDS = 4
"""Columns from the left that are text."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def row(order: OrderState) -> tuple[str, ...]:
    """Return an order's row."""
    return (
        order.order,
        order.symbol,
        order.side,
        terms(order),
        order.price or "market",
        order.quantity,
        order.filled,
        order.open,
        order.status,
    )


def terms(order: OrderState) -> str:
    """Return what kind of order it is, with what the other columns have no place for."""
    said = {
        "stop": order.stop,
        "trails by": order.distance,
        "shows": order.display,
        "behind by": order.offset,
        "until": None if order.expire is None else _moment(order.expire),
    }
    parts = [(order.type or "unknown").replace("_", " ")]
    parts += [f"{word} {value}" for word, value in said.items() if value is not None]
    if order.reduce_only:
        parts.append("reduce only")
    return ", ".join(parts)


def _moment(ms: int) -> str:
    at = _EPOCH + timedelta(milliseconds=ms)
    return at.isoformat(timespec="milliseconds" if ms % 1000 else "seconds").replace("+00:00", "Z")
