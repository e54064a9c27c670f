"""Commands in and events out, defined once: what the journal keeps, the kernel reads and the feed is made of.

Little-endian, fixed width. Prices are ticks and quantities lots, int64; cash is int64 in the instrument's units; time
is the engine's, int64 milliseconds since 1970, given with each command: the engine reads no clock. A field that a kind
does not use is ignored. The meaning of each kind, the order of checks and of events, ids and the state hash:
`arbitrax.exchange.reference`, the engine in plain Python that every other one must equal, event by event.
"""

from enum import IntEnum, IntFlag

import numpy as np

MAX_PRICE = 1 << 44
"""Ticks, of any price, trigger or distance."""
MAX_QUANTITY = 1 << 40
"""Lots, of one order. An instrument may say less."""
MAX_TICK_VALUE = 1 << 24
MAX_NOTIONAL = 1 << 60
"""Units of cash: of one order at its worst price, of all deposits together."""
MAX_TIME = 1 << 62
MAX_DELAY = 1 << 40
"""Milliseconds, of a dead-man switch and of the window of client ids."""
FEES = 0
"""The account that receives fees. In symbols without accounts 0 is anybody, who never trades with himself."""
HOUSE = (1 << 32) - 1
"""The account of the external market (rule 20). It pays no fees and needs no cash; nobody may submit for it."""
CASH_PRODUCER = 1 << 30
"""The producer number of deposits to and withdrawals from account 0; those of other accounts follow. Processes are far
below; `arbitrax.trading.transfers` begins at 1 << 31; the first deposit of an account has HOUSE - account."""
CALENDAR_PRODUCER = 3 << 29
"""That of symbol 0's calendar, and so on. Its sequence numbers are ms."""
MAX_SYMBOLS = 1 << 20
"""Numbers of symbols are below."""
MAX_PARTS = 1024
"""Times an iceberg may show its display: quantity / display, rounded up. It bounds what one taker can set in motion."""
MAX_TRIGGERS = 1024
"""Stops a command may run (rule 14)."""
DEFAULT_COLLAR = 500
"""Basis points."""
WINDOW_TIME = 600_000
"""Milliseconds that the client id of a closed order is remembered at least."""
WINDOW_ORDERS = 1_000_000
"""Closed orders whose client ids are remembered at least."""
FORGOTTEN_AT_ONCE = 16
"""Client ids that a submission forgets at most, so that none waits for a million of them."""

COMMAND = np.dtype(
    [
        ("time", "<i8"),  # engine time, ms
        ("order", "<i8"),  # of CANCEL and AMEND; 0 in submissions, which get the next id
        ("price", "<i8"),  # limit, ticks; of DEPOSIT and WITHDRAW the cash
        ("quantity", "<i8"),  # lots; of an amend the new total
        ("stop", "<i8"),  # trigger price, or the distance of a trailing stop, ticks
        ("extra", "<i8"),  # displayed lots of an iceberg, offset of a peg in ticks, funds of a market order, ms
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
"""128 bytes. Commands that configure are the same bytes under other names: `INSTRUMENT_RULES`, `ACCOUNT_LIMITS`."""


def _overlay(names: dict[str, tuple[str, int]]) -> np.dtype[np.void]:
    """Return a dtype as long as COMMAND: ``names`` at their offsets, and what every command has."""
    shared = ("time", "deadline", "seq", "symbol", "account", "producer", "producer_epoch", "kind", "flags")
    fields = COMMAND.fields
    assert fields is not None  # noqa: S101 - it has names
    every = {name: (fields[name][0], fields[name][1]) for name in shared} | names
    return np.dtype(
        {
            "names": list(every),
            "formats": [form for form, _ in every.values()],
            "offsets": [offset for _, offset in every.values()],
            "itemsize": COMMAND.itemsize,
        }
    )


INSTRUMENT_RULES = _overlay(
    {
        "tick_value": ("<i8", 8),  # units of cash a tick and lot: notional = price x quantity x tick_value; 1 and more
        "min_notional": ("<i8", 16),  # units of cash, of an order; 0: any
        "max_quantity": ("<i8", 24),  # lots, of an order; 0: MAX_QUANTITY
        "reference": ("<i8", 32),  # ticks; 0: as before
        "price_step": ("<i8", 40),  # ticks that every price is a multiple of; 0: 1
        "quantity_step": ("<i8", 48),  # lots that every quantity is a multiple of; 0: 1
        "band": ("<u4", 96),  # basis points that limits may be away from the reference; 0: any
        "collar": ("<u4", 100),  # basis points that market orders may move from the touch; 0: DEFAULT_COLLAR
        "maker_fee": ("<i4", 104),  # millionths of the notional; below 0: a rebate
        "taker_fee": ("<i4", 108),
        "margin": ("<u4", 112),  # basis points of the notional: initial margin; 0: 10,000
    }
)
"""INSTRUMENT of a symbol below MAX_SYMBOLS: COMMAND's 128 bytes. ``flags`` is `InstrumentFlag`. A symbol starts
CONTINUOUS with its first one.

Tick value, steps and flags never change; fees and margin only while the symbol has no open order (what orders reserved
was computed from them); the rest at any time, for what comes later. Otherwise refused, BAD_FIELD, as are values outside
1..MAX_TICK_VALUE, 0..MAX_NOTIONAL, 0..MAX_QUANTITY, 0..MAX_PRICE, fees beyond +-100% (so is a rebate above the other
side's fee; the fee account pays rebates only in auctions and of trades with the house), margins above 100%.
"""

ACCOUNT_LIMITS = _overlay(
    {
        "max_position": ("<i8", 8),  # lots in a symbol, long or short, open orders of that side included
        "max_notional": ("<i8", 16),  # units of cash, of an order at its worst price
        "max_orders": ("<i8", 24),  # open orders
        "max_rate": ("<i8", 32),  # submissions in a second of the engine's time (time // 1000)
    }
)
"""LIMITS of ``account``: COMMAND's 128 bytes. 0: no limit; below 0: refused, BAD_FIELD."""

EVENT = np.dtype(
    [
        ("order", "<i8"),  # whom it is about; of a fill the taker; 0: the house, or no order
        ("maker", "<i8"),  # of a fill the resting order; 0 otherwise
        ("price", "<i8"),  # ticks; of cash events the change of cash
        ("quantity", "<i8"),  # lots: of a fill, of a new or amended order in all, of a cancellation what was left
        ("open", "<i8"),  # lots of the order that are open afterwards
        ("maker_open", "<i8"),  # of a fill the same of the maker; otherwise what of the order the book may show
        ("symbol", "<u4"),
        ("account", "<u4"),
        ("maker_account", "<u4"),
        ("code", "<u2"),  # a `Code`
        ("kind", "u1"),
        ("side", "u1"),  # of the order
    ]
)
"""64 bytes. A batch gives (events,) of it and (commands + 1,) int64 offsets: whose events are which.

``maker_open`` of ACCEPTED, AMENDED, TRIGGERED, REFILLED, REPRICED and DECREMENTED: the lots the order shows once the
command is over if nothing trades (an iceberg: its display), 0 when it waits, never rests or is parked; so books of
depth follow from events alone. REFUSED repeats price and quantity of the command.
"""


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
    DISCONNECT = 7
    """The session of ``account`` is gone: its orders with CANCEL_ON_DISCONNECT go, in order-id order."""
    HALT = 16
    RESUME = 17
    AUCTION = 18
    """Orders are collected, nothing matches."""
    UNCROSS = 19
    """The auction's one price, then continuous trading."""
    CLOSE = 20
    """The session ends: an auction uncrosses, DAY orders go, nothing is taken until AUCTION or RESUME."""
    REFERENCE = 21
    """``price`` becomes the reference of bands and auctions, and the mark until something trades."""
    QUOTE = 22
    """The house's external market: ``side`` at ``price`` shows ``quantity``; 0 lots: the level is gone."""
    PRINT = 23
    """``quantity`` traded outside against ``side`` at ``price``: the front of that queue is served."""
    INSTRUMENT = 32
    """Add or change ``symbol``: the record is an `INSTRUMENT_RULES`."""
    ACCOUNT = 33
    """Open ``account``; ``type`` is an `AccountKind`, which changes only while it has no orders and positions."""
    DEPOSIT = 34
    WITHDRAW = 35
    LIMITS = 36
    """Of ``account``: the record is an `ACCOUNT_LIMITS`."""
    KILL = 37
    """No new orders of ``account`` (0: of anybody), and all open ones go."""
    REVIVE = 38
    """Take KILL back, of ``account`` or of anybody (0)."""
    WINDOW = 39
    """Remember client ids of closed orders for ``extra`` ms and ``quantity`` orders, whichever is more."""
    EPOCH = 40
    """Ids continue in epoch ``extra`` (greater than now, below 2^15) of shard ``quantity`` (below 2^8); seq goes on."""


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
    REQUEUE = 128
    """An amend goes to the back of its queue whatever it changes: cancel and replace under one id."""


class InstrumentFlag(IntFlag):
    """More of an instrument."""

    NO_ACCOUNTS = 1
    """Accounts are names only: no cash, positions, limits or kill switch. A book by itself; benchmark streams."""


class AccountKind(IntEnum):
    """What an account may do with its cash."""

    CASH = 0
    """Buys what it can pay, sells what it holds."""
    MARGIN = 1
    """Buys and sells short against initial margin. Its cash may go below 0."""


class Check(IntEnum):
    """What a submission is checked for, in the engine's order, and what a dry run says of each: value and limit."""

    SYMBOL = 1
    ACCOUNT = 2
    CLIENT_ID = 3
    """The value is the order that has it."""
    MEMORY = 4
    FORM = 5
    DEADLINE = 6
    EXPIRY = 7
    """When it expires, and the time now, ms."""
    PHASE = 8
    """The value is the `Phase`."""
    KILL_SWITCH = 9
    PRICE = 10
    PRICE_STEP = 11
    PRICE_BAND = 12
    """Ticks from the reference, and the most there may be."""
    TRIGGER = 13
    TRIGGER_STEP = 14
    QUANTITY = 15
    MAX_QUANTITY = 16
    QUANTITY_STEP = 17
    DISPLAY = 18
    """Lots, and the most that so small a display may hide."""
    MIN_NOTIONAL = 19
    STARTING_PRICE = 20
    """Of a trailing stop."""
    REDUCE_ONLY = 21
    """Lots that would close the position, and those there are to close."""
    POST_ONLY = 22
    """The limit, and the best price of the other side."""
    RATE = 23
    OPEN_ORDERS = 24
    MAX_NOTIONAL = 25
    MAX_POSITION = 26
    """Lots held once all open orders of the side have filled, and the account's limit."""
    SHORTING = 27
    """Lots that would be sold, and those held."""
    BUYING_POWER = 28
    """Cash that would be set aside, and what is free."""
    FILL_OR_KILL = 29
    """Lots that the book would fill, and those asked for."""


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
    REPEATED = 19
    """The command was executed before: ``order`` is the order it made, ``code`` its refusal or OK."""
    QUOTED = 20
    """The house at ``price`` has ``open`` lots left of ``quantity`` outside."""


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
    """A sequence number of the producer below its last: executed, its outcome no longer kept here."""
    NO_ROOM = 106
    """Memory cannot grow. The reference never says it; other engines only when the machine does."""
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
    """The id was given out; its order, if there was one, is closed."""
    RUNNING = 304
    """A stop that triggered and waits for its turn can be cancelled, not amended."""
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
    NOT_IN_AUCTION = 603
    # 700: ends that are no refusals
    BY_OWNER = 700
    BY_CANCEL_ALL = 701
    EXPIRED = 702
    SESSION_ENDED = 703
    DISCONNECTED = 704
    DEAD_MAN = 705
    REPLACED = 706
    """An amend to what was filled, or less."""
    FUNDS_SPENT = 707
    EXTERNAL_CROSSED = 708
    WITHDRAWN_BY_HOUSE = 709
    UNCROSSED = 710
    """Of a fill: at the auction's one price."""
    FEE = 800
    DEPOSITED = 801
    WITHDRAWN = 802
