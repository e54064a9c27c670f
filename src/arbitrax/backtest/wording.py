"""Codes of orders, trades and events in words, for reports and terminals."""

from __future__ import annotations

from enum import IntEnum

from arbitrax.domain.orders import EventKind, OrderReason, OrderRole

REASONS = {
    OrderReason.NONE: "",
    OrderReason.END_OF_DATA: "the data ended",
    OrderReason.REPLACED: "replaced by a later order",
    OrderReason.AT_TARGET: "already at its target",
    OrderReason.SCALED_TO_CASH: "cut to what the account allowed",
    OrderReason.BANKRUPT: "the account went bankrupt",
    OrderReason.NO_CASH: "not enough cash",
    OrderReason.NO_MARGIN: "not enough margin",
    OrderReason.NO_SHORTING: "a cash account cannot be short",
    OrderReason.NO_POSITION: "no position to reduce",
    OrderReason.OTHER_FILLED: "the other order of its group filled",
    OrderReason.PARENT_ENDED: "the order it waited for never filled",
    OrderReason.BY_STRATEGY: "cancelled by the strategy",
    OrderReason.SESSION_ENDED: "its session ended",
    OrderReason.DATE_PASSED: "its date passed",
    OrderReason.NOT_AT_ONCE: "could not fill at once",
    OrderReason.AUCTION_PASSED: "its auction passed without a fill",
    OrderReason.BELOW_LOT: "less than one lot",
    OrderReason.DELISTED: "the symbol's bars ended",
    OrderReason.MARGIN_CALLED: "margin call",
}
"""Why an order ended as it did."""

ROLES = {
    OrderRole.LIQUIDATION: "Liquidation",
    OrderRole.DELISTING: "Closed at the last price",
    OrderRole.BANKRUPTCY: "Closed in bankruptcy",
}
"""Orders that the account sent, not the strategy."""

EVENTS = {
    EventKind.DIVIDEND: "Dividend",
    EventKind.DIVIDEND_PAID: "Dividends paid out",
    EventKind.SPLIT: "Split",
    EventKind.CASH_IN_LIEU: "Cash for a fraction",
    EventKind.BORROW_FEE: "Borrow fee",
    EventKind.INTEREST: "Interest",
    EventKind.MARGIN_CALL: "Margin call",
    EventKind.BANKRUPTCY: "Bankruptcy",
}


def spoken(code: IntEnum) -> str:
    """Return an enumeration's name as words: ``stop limit``."""
    return code.name.lower().replace("_", " ")
