"""Each order's life and the account's events as tables, straight from a run's records."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.report import figures
from arbitrax.backtest.report.tables import ROWS, Column, cut_note, draw_table
from arbitrax.backtest.report.text import clean_text
from arbitrax.backtest.summary import event_totals, refusals
from arbitrax.backtest.wording import EVENTS, REASONS, ROLES, spoken
from arbitrax.domain.intervals import is_intraday
from arbitrax.domain.orders import (
    EventKind,
    OrderFlag,
    OrderKind,
    OrderReason,
    OrderRole,
    OrderStatus,
    SizeKind,
    TimeInForce,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.backtest.report.data import Decimals
    from arbitrax.backtest.result import Result

ORDER_COLUMNS = (
    Column("Order", "num"),
    Column("Symbol"),
    Column("Created"),
    Column("Kind"),
    Column("Side"),
    Column("Asked for", "num"),
    Column("Limit", "num"),
    Column("Stop", "num"),
    Column("Trail", "num"),
    Column("Tag"),
    Column("Status"),
    Column("Filled", "num"),
    Column("Price", "num"),
    Column("Fee", "num"),
    Column("Accepted"),
    Column("Triggered"),
    Column("Ended"),
)
EVENT_COLUMNS = (
    Column("Time"),
    Column("Event"),
    Column("Symbol"),
    Column("What"),
    Column("Amount", "num"),
)
TOTAL_COLUMNS = (Column("Event"), Column("Times", "num"), Column("Amount", "num"))
FREQUENT = (EventKind.DIVIDEND_PAID, EventKind.BORROW_FEE, EventKind.INTEREST)
"""Where events are cut, the last of these is left out first: they come by the day."""


class _Words:
    """How one run's records read."""

    def __init__(self, result: Result, decimals: Decimals) -> None:
        self.result, self.decimals = result, decimals
        self.intraday = is_intraday(result.bars.interval)
        self.several = len(result.spec.symbols) > 1

    def time(self, bar: int) -> str:
        if bar < 0:
            return ""
        return figures.moment(int(self.result.bars.timestamp[bar]), intraday=self.intraday)

    def symbol(self, column: int) -> str:
        return f"<bdi>{escape(clean_text(self.result.spec.symbols[column]))}</bdi>" if column >= 0 else ""

    def tag(self, number: int) -> str:
        return f"<bdi>{escape(clean_text(self.result.tags[number]))}</bdi>" if number >= 0 else ""

    def price(self, value: float) -> str:
        return "" if np.isnan(value) else figures.number(value, self.decimals.price)

    def quantity(self, value: float, *, signed: bool = False) -> str:
        whole = value == round(value)
        return figures.number(value, 0 if whole else max(self.decimals.quantity, 2), signed=signed)


def draw_orders(result: Result, decimals: Decimals, rows: int = ROWS) -> str:
    """Return the table of orders, the refused ones first, then in the order they were made."""
    orders = result.order_records
    refused = orders["status"] == OrderStatus.REFUSED
    shown = np.argsort(~refused, kind="stable")[:rows]
    words = _Words(result, decimals)
    table = draw_table(
        "orders-life",
        "Orders",
        ORDER_COLUMNS,
        [_order_row(words, orders[place], place) for place in shown.tolist()],
        marked=refused[shown].tolist(),
    )
    how = ", refused ones before the others" if refused.any() else ""
    return _refused_note(orders) + table + cut_note(len(shown), len(orders), "result.orders", how)


def _refused_note(orders: NDArray[np.void]) -> str:
    found = refusals(orders)
    if not found:
        return ""
    count = sum(found.values())
    several = len(found) > 1
    reasons = ", ".join(
        f"{number:,} {REASONS[reason]}" if several else REASONS[reason] for reason, number in found.items()
    )
    stands = "order was refused and stands" if count == 1 else "orders were refused and stand"
    return f'<p class="refused">{count:,} {stands} first: {escape(reasons)}.</p>'


def _order_row(words: _Words, order: np.void, number: int) -> tuple[str, ...]:
    return (
        str(number),
        words.symbol(order["symbol"]) if words.several else "",
        words.time(order["created_bar"]),
        _kind(order),
        {1: "buy", -1: "sell"}.get(int(order["side"]), ""),
        _size(words, order),
        words.price(order["limit"]),
        words.price(order["stop"]),
        _trail(words, order),
        words.tag(order["tag"]),
        _end(order),
        words.quantity(order["quantity"]) if order["quantity"] > 0 else "",
        words.price(order["price"]),
        figures.number(order["fee"], 2) if order["quantity"] > 0 else "",
        words.time(order["accepted_bar"]),
        words.time(order["triggered_bar"]),
        words.time(order["ended_bar"]),
    )


def _kind(order: np.void) -> str:
    """Return what an order is: its kind, what it is for, and what is not the rule about it."""
    role, force = OrderRole(order["role"]), TimeInForce(order["time_in_force"])
    parts = [spoken(OrderKind(order["kind"]))]
    if role != OrderRole.PLAIN:
        parts.append(ROLES.get(role, spoken(role)).lower())
    if force != TimeInForce.GTC:
        parts.append(force.name)
    if order["flags"] & OrderFlag.REDUCE_ONLY and role == OrderRole.PLAIN:
        parts.append("reduce only")
    return ", ".join(parts)


def _end(order: np.void) -> str:
    reason = REASONS[OrderReason(order["reason"])]
    return spoken(OrderStatus(order["status"])) + (f": {escape(reason)}" if reason else "")


def _size(words: _Words, order: np.void) -> str:
    size, kind = float(order["size"]), SizeKind(order["size_kind"])
    if np.isnan(size) or kind == SizeKind.WHOLE_POSITION:
        return "all" if kind == SizeKind.WHOLE_POSITION else ""
    if kind == SizeKind.TARGET_WEIGHT:
        return f"to {figures.percent(size)}"
    if kind in (SizeKind.VALUE, SizeKind.TARGET_VALUE):
        return f"{'to ' if kind == SizeKind.TARGET_VALUE else ''}value {figures.number(size, 2)}"
    return ("to " if kind == SizeKind.TARGET_QUANTITY else "") + words.quantity(size)


def _trail(words: _Words, order: np.void) -> str:
    if np.isnan(order["trail"]):
        return ""
    if order["kind"] == OrderKind.TRAILING_PERCENT:
        return figures.percent(order["trail"])
    return words.price(order["trail"])


def draw_events(result: Result, decimals: Decimals, rows: int = ROWS) -> str:
    """Return what happened to the account: totals by kind, then one row an event, in time; nothing without any."""
    events, orders = result.event_records, result.order_records
    totals = event_totals(events, orders)
    if not totals:
        return ""
    summary = draw_table(
        "event-totals",
        "Events of the account, counted",
        TOTAL_COLUMNS,
        [
            (each.label, f"{each.count:,}", "" if each.amount is None else figures.number(each.amount, 2, signed=True))
            for each in totals
        ],
    )
    forced = np.flatnonzero(np.isin(orders["role"], list(ROLES)) & (orders["quantity"] > 0))
    bar = np.concatenate((events["bar"], orders["ended_bar"][forced]))
    frequent = np.zeros(len(bar), np.int64)
    for rank, kind in enumerate(FREQUENT, start=1):
        frequent[: len(events)][events["kind"] == kind] = rank
    # What comes by the day gives way first; what is kept stands in time.
    kept = np.lexsort((bar, frequent))[:rows]
    shown = kept[np.argsort(bar[kept], kind="stable")].tolist()
    words = _Words(result, decimals)
    calls = (EventKind.MARGIN_CALL, EventKind.BANKRUPTCY)
    lines, marked = [], []
    for place in shown:
        own = place < len(events)
        lines.append(
            _event_row(words, events[place]) if own else _forced_row(words, orders[forced[place - len(events)]])
        )
        marked.append(not own or int(events[place]["kind"]) in calls)
    how = ", interest and borrow fees left out before the others" if len(shown) < len(bar) else ""
    return (
        summary
        + draw_table("events", "Events of the account", EVENT_COLUMNS, lines, marked=marked)
        + cut_note(len(shown), len(bar), "result.events", how)
    )


def _event_row(words: _Words, event: np.void) -> tuple[str, ...]:
    kind = EventKind(event["kind"])
    moves = kind not in (EventKind.SPLIT, EventKind.MARGIN_CALL, EventKind.BANKRUPTCY)
    return (
        words.time(event["bar"]),
        EVENTS[kind],
        words.symbol(event["symbol"]),
        _event_words(words, event, kind),
        figures.number(event["amount"], 2, signed=True) if moves else "",
    )


def _event_words(words: _Words, event: np.void, kind: EventKind) -> str:
    quantity, price, amount = (float(event[name]) for name in ("quantity", "price", "amount"))
    units, money = words.quantity(quantity), figures.number(price, 2)
    positions = f"positions of {figures.number(quantity, 2)}, equity {money}"
    return {
        EventKind.DIVIDEND: f"{price:g} a unit on {units} held",
        EventKind.DIVIDEND_PAID: "",
        EventKind.SPLIT: f"{price:g} for 1, then {units} held",
        EventKind.CASH_IN_LIEU: f"{words.quantity(abs(quantity))} given up at {words.price(price)}",
        EventKind.BORROW_FEE: f"{words.quantity(abs(quantity))} borrowed at {words.price(price)}",
        EventKind.INTEREST: f"on a balance of {money}",
        EventKind.MARGIN_CALL: f"{positions}, {figures.number(amount, 2)} below the requirement",
        EventKind.BANKRUPTCY: positions,
    }[kind]


def _forced_row(words: _Words, order: np.void) -> tuple[str, ...]:
    verb = "bought" if order["side"] > 0 else "sold"
    return (
        words.time(order["ended_bar"]),
        ROLES[OrderRole(order["role"])],
        words.symbol(order["symbol"]),
        f"{verb} {words.quantity(order['quantity'])} at {words.price(order['price'])}",
        "",
    )
