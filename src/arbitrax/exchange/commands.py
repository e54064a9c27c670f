"""Commands as bytes, for arrays that an `OrderBook` or a `MatchingEngine` runs in one call.

    orders = commands.as_array([commands.submit("buy", price=99, quantity=3), commands.cancel(1)])
    events, offsets = book.run(orders)

Each function returns the 128 bytes of one `records.COMMAND`; what it means, and what the engine answers, is
`arbitrax.exchange.reference`. Symbol and account default to 0, which is what an `OrderBook` uses. Large arrays are
quicker made by column: ``np.zeros(n, COMMAND)``, then ``array["price"] = ...``. Fields that no function takes
(``time``, ``deadline``, ``producer``, ``seq``) are columns too.

Every function raises `InputError` for a value that is no whole number or outside its range.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.arguments import (
    ACCOUNT_KINDS,
    SIDES,
    AnyAccountKind,
    AnySelfTrade,
    AnySide,
    AnyTimeInForce,
    AnyType,
    choose,
    whole,
)
from arbitrax.exchange.command_row import pack, pack_row
from arbitrax.exchange.configuration import instrument, limits
from arbitrax.exchange.records import (
    COMMAND,
    FEES,
    HOUSE,
    MAX_DELAY,
    MAX_NOTIONAL,
    MAX_PRICE,
    MAX_TIME,
    AccountKind,
    Flag,
    Kind,
    SelfTrade,
    Side,
    TimeInForce,
    Type,
)
from arbitrax.exchange.submission import encode_order

__all__ = [
    "amend",
    "as_array",
    "auction",
    "cancel",
    "cancel_after",
    "cancel_all",
    "close",
    "deposit",
    "disconnect",
    "halt",
    "instrument",
    "kill",
    "limits",
    "open_account",
    "print_trade",
    "quote",
    "resume",
    "revive",
    "set_reference",
    "submit",
    "tick",
    "uncross",
    "withdraw",
]

_CANCEL = int(Kind.CANCEL)


def as_array(rows: Iterable[bytes]) -> NDArray[np.void]:
    """Return commands as an array of `records.COMMAND`, shape (n,)."""
    return np.frombuffer(bytearray().join(rows), COMMAND)


def submit(
    side: AnySide,
    *,
    symbol: int = 0,
    account: int = 0,
    quantity: int | None = None,
    price: int | None = None,
    type: AnyType = Type.LIMIT,
    time_in_force: AnyTimeInForce = TimeInForce.GTC,
    stop: int | None = None,
    distance: int | None = None,
    display: int | None = None,
    offset: int | None = None,
    funds: int | None = None,
    expire: int | None = None,
    post_only: bool = False,
    slide: bool = False,
    on_quote: bool = False,
    reduce_only: bool = False,
    cancel_on_disconnect: bool = False,
    self_trade: AnySelfTrade = SelfTrade.CANCEL_NEWEST,
    client_id: str = "",
) -> bytes:
    """Return a SUBMIT, 128 bytes.

    Args:
        side: "buy" or "sell".
        symbol: the instrument's number.
        account: whose order; in books without accounts a name that self-trade prevention and `cancel` go by.
        quantity: lots.
        price: limit, ticks; of a peg the worst it may follow to.
        type: "limit" and "iceberg" (``price``), "market" (``quantity`` or ``funds``), "stop" (``stop``), "stop_limit"
            (``stop``, ``price``), "trailing_stop" (``distance``), "peg" (``price``, ``offset``).
        time_in_force: "gtc", "day", "gtd" (``expire``), "ioc", "fok".
        stop: trigger price, ticks.
        distance: of a trailing stop, ticks.
        display: lots that an iceberg shows.
        offset: ticks that a peg stays behind the best price of its side, 0 and more.
        funds: cash that a market buy spends instead of a quantity, units.
        expire: engine time at which a "gtd" order ends, ms.
        post_only: refuse rather than trade at once.
        slide: a post-only order goes one tick behind the touch instead of being refused.
        on_quote: a stop watches the opposite touch instead of the last trade.
        reduce_only: refuse what would do more than close the position.
        cancel_on_disconnect: the order goes when its account disconnects.
        self_trade: what happens to two orders of an account that would trade: "cancel_newest", "cancel_oldest",
            "cancel_both", "decrement".
        client_id: your own id, 32 printable ASCII characters at most without spaces; unique per account.

    Raises:
        InputError: arguments that are missing, contradict each other, or are no whole numbers.
        UnknownNameError: a name that no enum has.
    """
    return encode_order(
        side, symbol, account, quantity, price, type, time_in_force, stop, distance, display, offset, funds, expire,
        post_only, slide, on_quote, reduce_only, cancel_on_disconnect, self_trade, client_id,
    )  # fmt: skip


def cancel(order: int, *, account: int = 0) -> bytes:
    """Return a CANCEL of an account's order."""
    return pack_row((0, order, 0, 0, 0, 0, 0, 0, 0, 0, account, 0, 0, _CANCEL, 0, 0, 0, 0, 0), b"")


def amend(
    order: int,
    *,
    quantity: int,
    price: int | None = None,
    stop: int | None = None,
    account: int = 0,
    requeue: bool = False,
) -> bytes:
    """Return an AMEND: ``quantity`` is the new total, what has filled included; price and trigger stay when left out.

    Less at the same price keeps the place in the queue; ``requeue=True`` gives it up whatever changes. 0, or what has
    filled already, ends the order.
    """
    return pack(
        Kind.AMEND,
        order=order,
        account=account,
        quantity=quantity,
        price=0 if price is None else whole("price", price, 1, MAX_PRICE, "ticks"),
        stop=0 if stop is None else whole("stop", stop, 1, MAX_PRICE, "ticks"),
        flags=Flag.REQUEUE if requeue else 0,
    )


def cancel_all(*, account: int = 0, symbol: int | None = None, side: AnySide | None = None) -> bytes:
    """Return a CANCEL_ALL of an account: of a symbol or all, of a side or both."""
    return pack(
        Kind.CANCEL_ALL,
        account=account,
        symbol=0 if symbol is None else symbol,
        side=Side.BOTH if side is None else choose("side", side, SIDES),
        flags=Flag.ALL_SYMBOLS if symbol is None else 0,
    )


def tick(time: int) -> bytes:
    """Return a TICK: engine time, ms, which never goes back; what has expired goes."""
    return pack(Kind.TICK, time=whole("time", time, 0, MAX_TIME, "milliseconds of engine time"))


def disconnect(account: int) -> bytes:
    """Return a DISCONNECT: orders with ``cancel_on_disconnect`` go."""
    return pack(Kind.DISCONNECT, account=account)


def cancel_after(account: int, milliseconds: int) -> bytes:
    """Return a CANCEL_AFTER: the dead-man switch, which a later one postpones and 0 turns off."""
    delay = whole("milliseconds", milliseconds, 0, MAX_DELAY, "milliseconds")
    return pack(Kind.CANCEL_AFTER, account=account, extra=delay)


def halt(symbol: int = 0) -> bytes:
    """Return a HALT: cancels only."""
    return pack(Kind.HALT, symbol=symbol)


def resume(symbol: int = 0) -> bytes:
    """Return a RESUME: continuous trading; what an auction left crossed trades first."""
    return pack(Kind.RESUME, symbol=symbol)


def auction(symbol: int = 0) -> bytes:
    """Return an AUCTION: orders are collected, nothing matches."""
    return pack(Kind.AUCTION, symbol=symbol)


def uncross(symbol: int = 0) -> bytes:
    """Return an UNCROSS: the auction trades at its one price, then trading is continuous."""
    return pack(Kind.UNCROSS, symbol=symbol)


def close(symbol: int = 0) -> bytes:
    """Return a CLOSE: day orders go, nothing is taken until `auction` or `resume`."""
    return pack(Kind.CLOSE, symbol=symbol)


def set_reference(price: int, *, symbol: int = 0) -> bytes:
    """Return a REFERENCE: the price that bands and auctions go by, and marks without a trade, ticks."""
    return pack(Kind.REFERENCE, symbol=symbol, price=price)


def quote(side: AnySide, *, price: int, quantity: int, symbol: int = 0) -> bytes:
    """Return a QUOTE: the external market shows ``quantity`` lots at a price; 0: the level is gone."""
    return pack(Kind.QUOTE, symbol=symbol, side=choose("side", side, SIDES), price=price, quantity=quantity)


def print_trade(side: AnySide, *, price: int, quantity: int, symbol: int = 0) -> bytes:
    """Return a PRINT: lots that traded outside against ``side`` serve the front of that queue."""
    return pack(Kind.PRINT, symbol=symbol, side=choose("side", side, SIDES), price=price, quantity=quantity)


def open_account(account: int, kind: AnyAccountKind = AccountKind.CASH) -> bytes:
    """Return an ACCOUNT: "cash" buys what it can pay and sells what it holds, "margin" also sells short."""
    number = whole("account", account, FEES + 1, HOUSE - 1, "an account number")
    return pack(Kind.ACCOUNT, account=number, type=choose("kind", kind, ACCOUNT_KINDS))


def deposit(account: int, cash: int) -> bytes:
    """Return a DEPOSIT, units of cash."""
    return pack(Kind.DEPOSIT, account=account, price=whole("cash", cash, 1, MAX_NOTIONAL, "units of cash"))


def withdraw(account: int, cash: int) -> bytes:
    """Return a WITHDRAW, units of cash; refused when it is not there, or set aside."""
    return pack(Kind.WITHDRAW, account=account, price=whole("cash", cash, 1, MAX_NOTIONAL, "units of cash"))


def one_or_all(account: int | None) -> int:
    """Return an account's number; 0, which is everybody, only for None."""
    return 0 if account is None else whole("account", account, FEES + 1, HOUSE - 1, "an account number")


def kill(account: int | None = None) -> bytes:
    """Return a KILL: no new orders of an account, or of anybody, and the open ones go."""
    return pack(Kind.KILL, account=one_or_all(account))


def revive(account: int | None = None) -> bytes:
    """Return a REVIVE: KILL taken back, of an account or of anybody."""
    return pack(Kind.REVIVE, account=one_or_all(account))
