"""The accounting of a fill: cash, position, round trips.

A trade runs from flat to flat, or to the flip; its prices are quantity-weighted means. The records' fields and units
are in ``ledger.pxd``; `ORDER_DTYPE` and `TRADE_DTYPE` are the same records for NumPy.
"""

import cython
import numpy as np
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.ledger import (
    AT_TARGET,
    BANKRUPT,
    CANCELLED,
    END_OF_DATA,
    EXIT_BANKRUPT,
    EXIT_SIGNAL,
    FILLED,
    NO_REASON,
    PENDING,
    REPLACED,
    SCALED_TO_CASH,
    STILL_OPEN,
)
from cython.cimports.libc.math import fabs

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

CODES = {
    "status": {"pending": PENDING, "filled": FILLED, "cancelled": CANCELLED},
    "reason": {
        "none": NO_REASON,
        "end_of_data": END_OF_DATA,
        "replaced": REPLACED,
        "at_target": AT_TARGET,
        "scaled_to_cash": SCALED_TO_CASH,
        "bankrupt": BANKRUPT,
    },
    "exit_reason": {"open": STILL_OPEN, "signal": EXIT_SIGNAL, "bankrupt": EXIT_BANKRUPT},
}

ORDER_DTYPE = np.dtype(
    [
        ("created_bar", "<i8"),
        ("filled_bar", "<i8"),
        ("symbol", "<i4"),
        ("side", "i1"),
        ("kind", "i1"),
        ("status", "i1"),
        ("reason", "i1"),
        ("target", "<f8"),
        ("quantity", "<f8"),
        ("reference_price", "<f8"),
        ("price", "<f8"),
        ("fee", "<f8"),
        ("slippage", "<f8"),
    ]
)
TRADE_DTYPE = np.dtype(
    [
        ("entry_bar", "<i8"),
        ("exit_bar", "<i8"),
        ("symbol", "<i4"),
        ("side", "i1"),
        ("exit_reason", "i1"),
        ("is_open", "i1"),
        ("unused", "i1"),
        ("quantity", "<f8"),
        ("entry_price", "<f8"),
        ("exit_price", "<f8"),
        ("pnl", "<f8"),
        ("fees", "<f8"),
        ("slippage", "<f8"),
    ]
)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def fill(
    book: cython.pointer[Book],
    position: cython.pointer[Position],
    symbol: cython.int,
    bar: cython.longlong,
    signed_quantity: cython.double,
    price: cython.double,
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
    book.cash -= signed_quantity * price + fee
    if opposite:
        out_quantity = fabs(held) if closes or fabs(signed_quantity) >= fabs(held) else fabs(signed_quantity)
        share = 1.0 if closes else out_quantity / fabs(signed_quantity)
        position.exited += out_quantity
        position.exit_value += out_quantity * price
        position.fees += fee * share
        position.slippage += slippage * share
        if closes or fabs(signed_quantity) >= fabs(held):
            _close_trade(book, position, symbol, bar, exit_reason)
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
    position.quantity += signed_quantity
    position.entered += fabs(signed_quantity)
    position.entry_value += fabs(signed_quantity) * price
    position.fees += fee
    position.slippage += slippage


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _write_trade(
    book: cython.pointer[Book],
    position: cython.pointer[Position],
    symbol: cython.int,
    bar: cython.longlong,
    exit_reason: cython.schar,
    is_open: cython.schar,
) -> cython.void:
    trade: cython.pointer[TradeRecord] = cython.address(book.trades[book.trade_count])
    side: cython.double = 1.0 if position.quantity > 0.0 else -1.0
    trade.entry_bar = position.entry_bar
    trade.exit_bar = bar
    trade.symbol = symbol
    trade.side = 1 if side > 0 else -1
    trade.exit_reason = exit_reason
    trade.is_open = is_open
    trade.unused = 0
    trade.quantity = position.entered
    trade.entry_price = position.entry_value / position.entered
    trade.exit_price = position.exit_value / position.exited
    trade.pnl = side * (position.exit_value - position.entry_value) - position.fees
    trade.fees = position.fees
    trade.slippage = position.slippage
    book.trade_count += 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _close_trade(
    book: cython.pointer[Book],
    position: cython.pointer[Position],
    symbol: cython.int,
    bar: cython.longlong,
    exit_reason: cython.schar,
) -> cython.void:
    _write_trade(book, position, symbol, bar, exit_reason, 0)
    position.quantity = 0.0
    position.entered = 0.0
    position.entry_value = 0.0
    position.exited = 0.0
    position.exit_value = 0.0
    position.fees = 0.0
    position.slippage = 0.0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def mark_open_trade(
    book: cython.pointer[Book],
    position: cython.pointer[Position],
    symbol: cython.int,
    bar: cython.longlong,
    close: cython.double,
) -> cython.void:
    """Write the trade of a position still held, its exit marked at ``close`` without costs."""
    if position.quantity != 0.0:
        position.exited += fabs(position.quantity)
        position.exit_value += fabs(position.quantity) * close
        _write_trade(book, position, symbol, bar, STILL_OPEN, 1)
