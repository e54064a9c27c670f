"""What the account of a run was exposed to, and what happened to it besides trades."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import numpy as np
from msgspec import Meta, Struct

from arbitrax.backtest.chart_exposure import chart_exposure
from arbitrax.backtest.documents.fields import BacktestId, Symbol
from arbitrax.backtest.summary import WITHOUT_AMOUNT, event_totals
from arbitrax.backtest.wording import ROLES
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.decimals import decimal_text
from arbitrax.domain.orders import EventKind, OrderRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats

POINTS = 2_000
"""Of the curves; a run of no more bars has one a bar."""
EVENTS = 1_000
DECIMALS = 6
"""Of shares of equity."""
FREQUENT = (EventKind.DIVIDEND_PAID, EventKind.BORROW_FEE, EventKind.INTEREST)
"""They come with the calendar, by the thousand."""
LEFT_OUT = (EventKind.DIVIDEND, *FREQUENT)
"""Where there are too many events, the last of these are left out first."""

MaybeDecimal = Annotated[str | None, Meta(examples=["-12.5"])]
EventName = Annotated[str, Meta(examples=["margin_call"])]


class WeightCurve(Struct, frozen=True):
    """The value of a symbol's position as a share of equity, at the times of the exposure."""

    symbol: Symbol
    values: list[float]


class Exposure(Struct, frozen=True):
    """Values of positions as shares of equity, at closes: gross is `long` less `short`, net is their sum.

    Of bars that were joined it is the one with the largest gross exposure.
    """

    timestamp: list[datetime]
    long: list[float]
    short: list[float]
    """0 or below."""
    weights: list[WeightCurve]
    """The eight largest; none of a run of one symbol, nor where its prices are not kept."""


class AccountEvent(Struct, frozen=True):
    """What happened to the account; numbers mean what they do in the table `events`.

    Orders that the account sent itself, such as a `liquidation`, have the signed quantity and the price of their fills.
    """

    time: datetime
    event: EventName
    symbol: Symbol | None
    quantity: MaybeDecimal
    price: MaybeDecimal
    amount: MaybeDecimal
    is_money: bool
    """Whether `amount` is money that was given or taken."""
    is_frequent: bool
    """Whether events of this kind come with the calendar, by the thousand."""


class EventTotalMessage(Struct, frozen=True):
    """Events of one kind; `amount` is what they gave, below 0 what they took, null where they move no money."""

    event: EventName
    events: int
    amount: MaybeDecimal


class RunAccount(Struct, frozen=True):
    """The account of a backtest."""

    backtest: BacktestId
    bars: int
    """Before they were joined."""
    exposure: Exposure
    held: int
    """Symbols that were ever held."""
    totals: list[EventTotalMessage]
    events: list[AccountEvent]
    """In time; at most 1,000: interest is left out first, then borrow fees, then dividends, of each the latest."""


def account_message(backtest: str, result: Result) -> RunAccount:
    """Return the message of a run's account."""
    totals = event_totals(result.event_records, result.order_records)
    return RunAccount(
        backtest,
        len(result.bars),
        _exposure(result),
        len(np.unique(result.fill_records["symbol"])),
        [EventTotalMessage(each.name, each.count, _decimal(each.amount)) for each in totals],
        list(_events(result)),
    )


def _exposure(result: Result) -> Exposure:
    found = chart_exposure(result, POINTS)
    return Exposure(
        [to_datetime(at) for at in found.timestamp.tolist()],
        _shares(found.long),
        _shares(found.short),
        [WeightCurve(symbol, _shares(values)) for symbol, values in found.weights.items()],
    )


def _shares(values: Floats) -> list[float]:
    # Not minus nothing: sums of cash leave a last bit.
    return (np.round(values, DECIMALS) + 0.0).tolist()


def _events(result: Result) -> Iterator[AccountEvent]:
    events, orders, times = result.event_records, result.order_records, result.bars.timestamp
    forced = orders[np.isin(orders["role"], list(ROLES)) & (orders["quantity"] > 0)]
    bar = np.concatenate((events["bar"], forced["ended_bar"]))
    frequent = np.zeros(len(bar), np.int64)
    for rank, each in enumerate(LEFT_OUT, start=1):
        frequent[: len(events)][events["kind"] == each] = rank
    kept = np.lexsort((bar, frequent))[:EVENTS]
    for place in kept[np.argsort(bar[kept], kind="stable")].tolist():
        is_own = place < len(events)
        record = events[place] if is_own else forced[place - len(events)]
        kind = EventKind(record["kind"]) if is_own else None
        name = OrderRole(record["role"]).name if kind is None else kind.name
        symbol = result.spec.symbols[record["symbol"]] if record["symbol"] >= 0 else None
        quantity = record["quantity"] if is_own else record["quantity"] * record["side"]
        amount = _decimal(float(record["amount"])) if is_own else None
        yield AccountEvent(
            to_datetime(int(times[bar[place]])), name.lower(), symbol, _decimal(float(quantity)),
            _decimal(float(record["price"])), amount, kind is not None and kind not in WITHOUT_AMOUNT, kind in FREQUENT,
        )  # fmt: skip


def _decimal(value: float | None) -> str | None:
    return None if value is None or value != value else decimal_text(value)  # noqa: PLR0124 - NaN
