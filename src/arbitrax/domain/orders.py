"""What an order and a trade can be. The numbers are those of the compiled records (``kernels/ledger.pxd``)."""

from enum import IntEnum


class OrderKind(IntEnum):
    """How an order asks for its price."""

    MARKET = 0


class OrderStatus(IntEnum):
    """Where an order is in its life."""

    PENDING = 0
    FILLED = 1
    CANCELLED = 2


class OrderReason(IntEnum):
    """Why an order ended otherwise than plainly filled."""

    NONE = 0
    END_OF_DATA = 1
    REPLACED = 2
    AT_TARGET = 3
    SCALED_TO_CASH = 4
    BANKRUPT = 5


class ExitReason(IntEnum):
    """Why a trade ended."""

    OPEN = 0
    SIGNAL = 1
    BANKRUPT = 2
