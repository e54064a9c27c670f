"""Which engine is measured, in one place, and how its symbols are opened."""

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.records import COMMAND, EVENT, INSTRUMENT_RULES, Happening, InstrumentFlag, Kind
from arbitrax.kernels.exchange.matching_engine import MatchingEngine

Engine = MatchingEngine


def open_engine(symbols: int = 1) -> Engine:
    """Return an engine with so many symbols, numbered from 0, whose accounts are names only."""
    return opened(Engine(), instruments(symbols))


def opened(engine: Engine, commands: NDArray[np.void]) -> Engine:
    """Run the commands that open symbols and accounts, all of which must be accepted; return the engine."""
    engine.run(commands, np.zeros(len(commands) + 1, np.int64))
    assert not (np.frombuffer(engine.events(), EVENT)["kind"] == Happening.REFUSED).any()
    return engine


def instruments(symbols: int, **rules: int) -> NDArray[np.void]:
    """Return the commands that open symbols; without ``rules``, ones without accounts."""
    commands = np.zeros(symbols, COMMAND)
    instrument = commands.view(INSTRUMENT_RULES)
    instrument["kind"], instrument["symbol"], instrument["tick_value"] = Kind.INSTRUMENT, np.arange(symbols), 1
    if not rules:
        instrument["flags"] = InstrumentFlag.NO_ACCOUNTS
    for name, value in rules.items():
        instrument[name] = value
    return commands
