"""Which engine is measured, in one place, and how its symbols are opened."""

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.records import INSTRUMENT_RULES, InstrumentFlag, Kind
from arbitrax.kernels.order_book import OrderBook

Engine = OrderBook


def open_engine(symbols: int = 1) -> Engine:
    """Return an engine with so many symbols, numbered from 0, whose accounts are names only."""
    return OrderBook(symbols)


def instruments(symbols: int, **rules: int) -> NDArray[np.void]:
    """Return the commands that open symbols; without ``rules``, ones without accounts."""
    commands = np.zeros(symbols, INSTRUMENT_RULES)
    commands["kind"], commands["symbol"], commands["tick_value"] = Kind.INSTRUMENT, np.arange(symbols), 1
    if not rules:
        commands["flags"] = InstrumentFlag.NO_ACCOUNTS
    for name, value in rules.items():
        commands[name] = value
    return commands


def open_book() -> OrderBook:
    """Return a book of one symbol, 0, that is called once a message: ``submit``, ``cancel``, ``amend``, ``events``."""
    return OrderBook()
