"""The accounting of a fill: cash, position, round trips.

A trade runs from flat to flat, or to the flip; its prices are quantity-weighted means. The records' fields and units
are in ``ledger.pxd``; the dtypes here are the same records for NumPy.
"""

import cython
import numpy as np
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.ledger import STILL_OPEN
from cython.cimports.libc.math import fabs
from cython.cimports.libc.stdlib import realloc

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

ORDER_DTYPE = np.dtype(
    [
        *((name, "<i4") for name in ("created_bar", "accepted_bar", "triggered_bar", "ended_bar")),
        *((name, "<i4") for name in ("symbol", "parent", "group", "tag")),
        *((name, "i1") for name in ("side", "kind", "time_in_force", "size_kind", "role", "status", "reason", "flags")),
        *((name, "<f8") for name in ("size", "limit", "stop", "trail")),
        ("expires", "<i8"),
        *((name, "<f8") for name in ("quantity", "reference_price", "price", "fee", "slippage")),
    ]
)
FILL_DTYPE = np.dtype(
    [
        *((name, "<i4") for name in ("order", "bar", "symbol")),
        ("phase", "i1"),
        ("maker", "i1"),
        ("unused", "<i2"),
        *((name, "<f8") for name in ("quantity", "reference_price", "price", "fee")),
    ]
)
EVENT_DTYPE = np.dtype(
    [
        *((name, "<i4") for name in ("bar", "symbol", "kind", "order")),
        *((name, "<f8") for name in ("quantity", "price", "amount")),
    ]
)
TRADE_DTYPE = np.dtype(
    [
        *((name, "<i4") for name in ("entry_bar", "exit_bar", "symbol", "entry_order", "exit_order")),
        *((name, "i1") for name in ("side", "exit_reason", "is_open", "unused")),
        *(
            (name, "<f8")
            for name in ("quantity", "entry_price", "exit_price", "pnl", "fees", "slippage", "income")
        ),
    ]
)  # fmt: skip


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def fill(
    book: cython.pointer[Book],
    position: cython.pointer[Position],
    symbol: cython.int,
    bar: cython.int,
    order: cython.int,
    signed_quantity: cython.double,
    price: cython.double,
    multiplier: cython.double,
    fee: cython.double,
    slippage: cython.double,
    closes: cython.bint,
    exit_reason: cython.schar,
) -> cython.void:
    """Apply one fill; ``closes`` says that it ends exactly flat, whatever the last bit of the sum."""
    held: cython.double = position.quantity
    opposite: cython.bint = held != 0.0 and (held > 0.0) != (signed_quantity > 0.0)
    out_quantity: cython.double = 0.0
    share: cython.double
    value: cython.double = price * multiplier
    book.cash -= signed_quantity * value + fee
    if opposite:
        out_quantity = fabs(held) if closes or fabs(signed_quantity) >= fabs(held) else fabs(signed_quantity)
        share = 1.0 if closes else out_quantity / fabs(signed_quantity)
        position.exited += out_quantity
        position.exit_value += out_quantity * value
        position.fees += fee * share
        position.slippage += slippage * share
        if closes or fabs(signed_quantity) >= fabs(held):
            _close_trade(book, position, symbol, bar, order, multiplier, exit_reason)
            fee -= fee * share
            slippage -= slippage * share
            if closes or fabs(signed_quantity) == fabs(held):
                return
            signed_quantity += held
        else:
            position.quantity += signed_quantity
            return
    if position.quantity == 0.0:
        position.entry_bar = bar
        position.entry_order = order
    position.quantity += signed_quantity
    position.entered += fabs(signed_quantity)
    position.entry_value += fabs(signed_quantity) * value
    position.fees += fee
    position.slippage += slippage


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _write_trade(
    book: cython.pointer[Book],
    position: cython.pointer[Position],
    symbol: cython.int,
    bar: cython.int,
    order: cython.int,
    multiplier: cython.double,
    exit_reason: cython.schar,
) -> cython.void:
    trade: cython.pointer[TradeRecord]
    grown: cython.pointer[TradeRecord]
    side: cython.double = 1.0 if position.quantity > 0.0 else -1.0
    if book.trade_count == book.trade_room:
        grown = cython.cast(
            cython.pointer[TradeRecord],
            realloc(book.trades, cython.cast(cython.size_t, book.trade_room * 2 + 64) * cython.sizeof(TradeRecord)),
        )
        if grown == cython.NULL:
            book.trade_room = -1  # the broker's fault check sees it
            return
        book.trades = grown
        book.trade_room = book.trade_room * 2 + 64
    if book.trade_room < 0:
        return
    trade = cython.address(book.trades[book.trade_count])
    trade.entry_bar = position.entry_bar
    trade.exit_bar = bar
    trade.symbol = symbol
    trade.entry_order = position.entry_order
    trade.exit_order = order
    trade.side = 1 if side > 0 else -1
    trade.exit_reason = exit_reason
    trade.is_open = exit_reason == STILL_OPEN
    trade.unused = 0
    trade.quantity = position.entered
    trade.entry_price = position.entry_value / (position.entered * multiplier)
    trade.exit_price = position.exit_value / (position.exited * multiplier)
    trade.pnl = side * (position.exit_value - position.entry_value) - position.fees + position.income
    trade.fees = position.fees
    trade.slippage = position.slippage
    trade.income = position.income
    book.trade_count += 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _close_trade(
    book: cython.pointer[Book],
    position: cython.pointer[Position],
    symbol: cython.int,
    bar: cython.int,
    order: cython.int,
    multiplier: cython.double,
    exit_reason: cython.schar,
) -> cython.void:
    _write_trade(book, position, symbol, bar, order, multiplier, exit_reason)
    position.quantity = 0.0
    position.entered = 0.0
    position.entry_value = 0.0
    position.exited = 0.0
    position.exit_value = 0.0
    position.fees = 0.0
    position.slippage = 0.0
    position.income = 0.0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def mark_open_trade(
    book: cython.pointer[Book],
    position: cython.pointer[Position],
    symbol: cython.int,
    bar: cython.int,
    close: cython.double,
    multiplier: cython.double,
) -> cython.void:
    """Write the trade of a position still held, its exit marked at ``close`` without costs."""
    if position.quantity != 0.0:
        position.exited += fabs(position.quantity)
        position.exit_value += fabs(position.quantity) * close * multiplier
        _write_trade(book, position, symbol, bar, -1, multiplier, STILL_OPEN)
