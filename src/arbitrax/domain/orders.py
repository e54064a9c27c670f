"""What an order, a fill and a trade can be. The numbers are those of the compiled records (``kernels/ledger.pxd``)."""

from enum import IntEnum, IntFlag


class OrderKind(IntEnum):
    """How an order asks for its price."""

    MARKET = 0
    LIMIT = 1
    STOP = 2
    STOP_LIMIT = 3
    TRAILING_STOP = 4
    TRAILING_PERCENT = 5
    MARKET_ON_OPEN = 6
    LIMIT_ON_OPEN = 7
    MARKET_ON_CLOSE = 8
    LIMIT_ON_CLOSE = 9


class TimeInForce(IntEnum):
    """How long an order works."""

    GTC = 0
    DAY = 1
    GTD = 2
    IOC = 3
    FOK = 4


class SizeKind(IntEnum):
    """What the size of an order means."""

    QUANTITY = 0
    VALUE = 1
    TARGET_QUANTITY = 2
    TARGET_VALUE = 3
    TARGET_WEIGHT = 4
    WHOLE_POSITION = 5


class OrderRole(IntEnum):
    """What an order is for."""

    PLAIN = 0
    STOP_LOSS = 1
    TAKE_PROFIT = 2
    TRAILING_EXIT = 3
    TIME_EXIT = 4
    LIQUIDATION = 5
    DELISTING = 6
    BANKRUPTCY = 7


class OrderStatus(IntEnum):
    """Where an order is in its life."""

    PENDING = 0
    FILLED = 1
    CANCELLED = 2
    EXPIRED = 3
    REFUSED = 4
    HELD = 5


class OrderReason(IntEnum):
    """Why an order ended otherwise than plainly filled."""

    NONE = 0
    END_OF_DATA = 1
    REPLACED = 2
    AT_TARGET = 3
    SCALED_TO_CASH = 4
    BANKRUPT = 5
    NO_CASH = 6
    NO_MARGIN = 7
    NO_SHORTING = 8
    NO_POSITION = 9
    OTHER_FILLED = 10
    PARENT_ENDED = 11
    BY_STRATEGY = 12
    SESSION_ENDED = 13
    DATE_PASSED = 14
    NOT_AT_ONCE = 15
    AUCTION_PASSED = 16
    BELOW_LOT = 17
    DELISTED = 18
    MARGIN_CALLED = 19


class OrderFlag(IntFlag):
    """What else is true of an order."""

    REDUCE_ONLY = 1
    KEEP_PRICE = 2
    RELATIVE = 4
    ENTERED_INSIDE = 8


class ExitReason(IntEnum):
    """Why a trade ended."""

    OPEN = 0
    SIGNAL = 1
    BANKRUPT = 2
    STOP_LOSS = 3
    TAKE_PROFIT = 4
    TRAILING_STOP = 5
    TIME_STOP = 6
    LIQUIDATION = 7
    DELISTED = 8
    CASH_IN_LIEU = 9


class Phase(IntEnum):
    """When in its bar a fill happened."""

    OPEN = 0
    INSIDE = 1
    CLOSE = 2


class EventKind(IntEnum):
    """What happened to the account besides fills."""

    DIVIDEND = 0
    DIVIDEND_PAID = 1
    SPLIT = 2
    CASH_IN_LIEU = 3
    BORROW_FEE = 4
    INTEREST = 5
    MARGIN_CALL = 6
    BANKRUPTCY = 7
