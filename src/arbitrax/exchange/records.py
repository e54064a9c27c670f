"""Commands in and events out, defined once: what the journal keeps, the kernel reads and the feed is made of.

Little-endian, fixed width. Prices are ticks and quantities lots, int64; cash is int64 in the instrument's units; time
is the engine's, int64 milliseconds since 1970, given with each command: the engine reads no clock. A field that a kind
does not use is 0.
"""

from enum import IntEnum, IntFlag

import numpy as np

COMMAND = np.dtype(
    [
        ("time", "<i8"),  # engine time, ms
        ("order", "<i8"),  # of CANCEL and AMEND; 0 in submissions, which get the next id
        ("price", "<i8"),  # limit, ticks; of DEPOSIT and WITHDRAW the cash
        ("quantity", "<i8"),  # lots; of an amend the new total
        ("stop", "<i8"),  # trigger price, or the distance of a trailing stop, ticks
        ("extra", "<i8"),  # displayed lots of an iceberg, offset of a peg in ticks, funds of a market order, cash
        ("expire", "<i8"),  # of GTD, ms
        ("deadline", "<i8"),  # refused when executed later, ms; 0: none
        ("seq", "<u8"),  # of the producer
        ("symbol", "<u4"),
        ("account", "<u4"),
        ("producer", "<u4"),
        ("producer_epoch", "<u4"),
        ("kind", "u1"),
        ("side", "u1"),
        ("type", "u1"),
        ("time_in_force", "u1"),
        ("self_trade", "u1"),
        ("flags", "u1"),
        ("spare", "<u2"),
        ("client", "S32"),  # client order id, ASCII, zero-padded; empty: none
    ]
)
"""128 bytes."""

EVENT = np.dtype(
    [
        ("order", "<i8"),  # whom it is about; of a fill the taker
        ("maker", "<i8"),  # of a fill the resting order
        ("price", "<i8"),  # ticks; of cash events the change of cash
        ("quantity", "<i8"),  # lots: of a fill, of a new or amended order in all, of a cancellation what was left
        ("open", "<i8"),  # lots of the order that are open afterwards
        ("maker_open", "<i8"),  # the same of the maker
        ("symbol", "<u4"),
        ("account", "<u4"),
        ("maker_account", "<u4"),
        ("code", "<u2"),  # a `Code`
        ("kind", "u1"),
        ("side", "u1"),  # of the order
    ]
)
"""64 bytes. A batch gives (events,) of it and (commands + 1,) int64 offsets: whose events are which."""


class Kind(IntEnum):
    """What a command asks for."""

    SUBMIT = 1
    CANCEL = 2
    AMEND = 3
    CANCEL_ALL = 4
    """Of ``account``; of ``symbol`` unless ALL_SYMBOLS, of ``side`` unless it is BOTH; in order-id order."""
    TICK = 5
    """Time passes: what has expired goes."""
    CANCEL_AFTER = 6
    """Dead-man switch of ``account``: cancel all ``extra`` ms from now unless asked again; 0 turns it off."""
    HALT = 16
    RESUME = 17
    AUCTION = 18
    """Orders are collected, nothing matches."""
    UNCROSS = 19
    """The auction's one price, then continuous trading."""
    CLOSE = 20
    """The session ends: DAY orders go, nothing is taken until AUCTION or RESUME."""
    REFERENCE = 21
    """``price`` becomes the reference of bands and collars."""
    QUOTE = 22
    """The house's external market: ``side`` at ``price`` shows ``quantity``; 0 lots: the level is gone."""
    INSTRUMENT = 32
    """Add or change ``symbol``: the `InstrumentRules` follow in a table of their own, by ``extra``."""
    ACCOUNT = 33
    DEPOSIT = 34
    WITHDRAW = 35
    LIMITS = 36
    KILL = 37
    """No new orders of ``account`` (0: of anybody), and all open ones go."""
    REVIVE = 38


class Side(IntEnum):
    """Of an order."""

    BUY = 0
    SELL = 1
    BOTH = 2


class Type(IntEnum):
    """How an order is priced."""

    LIMIT = 0
    MARKET = 1
    """By ``quantity``, or by the funds in ``extra``."""
    STOP = 2
    STOP_LIMIT = 3
    TRAILING_STOP = 4
    ICEBERG = 5
    PEG = 6


class TimeInForce(IntEnum):
    """How long an order stays."""

    GTC = 0
    DAY = 1
    GTD = 2
    IOC = 3
    FOK = 4


class SelfTrade(IntEnum):
    """What becomes of two orders of one account that would trade; the taker's word counts."""

    CANCEL_NEWEST = 0
    CANCEL_OLDEST = 1
    CANCEL_BOTH = 2
    DECREMENT = 3


class Flag(IntFlag):
    """More of a submission."""

    POST_ONLY = 1
    SLIDE = 2
    """A post-only order that would trade goes one tick behind the touch instead of being refused."""
    REDUCE_ONLY = 4
    ON_QUOTE = 8
    """A stop watches the opposite touch instead of the last trade."""
    BASIS_OPEN = 16
    """An amend names the new open quantity: bench streams and LOBSTER only."""
    CANCEL_ON_DISCONNECT = 32
    ALL_SYMBOLS = 64


class Happening(IntEnum):
    """What an event says."""

    ACCEPTED = 1
    FILLED = 2
    CANCELLED = 3
    """``code`` says why."""
    AMENDED = 4
    REFUSED = 5
    """``code`` says why; nothing changed."""
    TRIGGERED = 6
    REFILLED = 7
    """An iceberg shows its next part, at the back of its queue."""
    REPRICED = 8
    DECREMENTED = 9
    """By self-trade prevention."""
    STATE = 16
    """Of a symbol: ``quantity`` is the `Phase`."""
    CONFIGURED = 17
    CASH = 18
    """``price`` is the change of an account's cash: deposit, withdrawal or fee, by ``code``."""


class Phase(IntEnum):
    """What a symbol does with orders."""

    CONTINUOUS = 0
    AUCTION = 1
    HALTED = 2
    CLOSED = 3


class Code(IntEnum):
    """Why: the whole contract of the kernel, by ranges."""

    OK = 0
    # 100: the command
    UNKNOWN_KIND = 100
    UNKNOWN_SYMBOL = 101
    UNKNOWN_ACCOUNT = 102
    BAD_FIELD = 103
    STALE = 104
    REPEATED = 105
    """A sequence number of the producer that was executed; nothing happens again."""
    NO_ROOM = 106
    # 200: filters
    PRICE_NOT_POSITIVE = 200
    PRICE_OUT_OF_BAND = 201
    QUANTITY_NOT_POSITIVE = 202
    QUANTITY_TOO_LARGE = 203
    NOTIONAL_TOO_SMALL = 204
    OFF_TICK = 205
    OFF_LOT = 206
    # 300: whose order, which order
    UNKNOWN_ORDER = 300
    NOT_OWNER = 301
    CLIENT_ID_USED = 302
    NOTHING_OPEN = 303
    # 400: matching
    WOULD_TRADE = 400
    NOT_ALL_AT_ONCE = 401
    NO_LIQUIDITY = 402
    BEYOND_COLLAR = 403
    NOT_AT_ONCE = 404
    SELF_TRADE = 405
    NOT_REDUCING = 406
    # 500: risk
    NO_BUYING_POWER = 500
    POSITION_LIMIT = 501
    ORDER_LIMIT = 502
    NOTIONAL_LIMIT = 503
    RATE_LIMIT = 504
    KILLED = 505
    NO_SHORTING = 506
    # 600: the symbol's phase
    HALTED = 600
    CLOSED = 601
    IN_AUCTION = 602
    # 700: ends that are no refusals
    BY_OWNER = 700
    BY_CANCEL_ALL = 701
    EXPIRED = 702
    SESSION_ENDED = 703
    DISCONNECTED = 704
    DEAD_MAN = 705
    REPLACED = 706
    FEE = 800
    DEPOSITED = 801
    WITHDRAWN = 802
