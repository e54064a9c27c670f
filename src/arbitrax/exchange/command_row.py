"""A row of `records.COMMAND` packed in one step, and what is said when a number does not fit."""

from struct import Struct, error

import numpy as np

from arbitrax.exchange.arguments import whole
from arbitrax.exchange.records import COMMAND

_pack = Struct("<8qQ4I6BH32s").pack
UNITS = {
    "price": "ticks", "quantity": "lots", "stop": "ticks", "distance": "ticks", "display": "lots", "offset": "ticks",
    "funds": "units of cash",
}  # fmt: skip
INT64 = (-(1 << 63), (1 << 63) - 1)
_RANGES = {"q": INT64, "Q": (0, (1 << 64) - 1), "I": (0, (1 << 32) - 1), "B": (0, 255)}
_LAYOUT = "qqqqqqqqQIIIIBBBBBB"


def pack(
    kind: int,
    *,
    symbol: int = 0,
    account: int = 0,
    order: int = 0,
    price: int = 0,
    quantity: int = 0,
    stop: int = 0,
    extra: int = 0,
    expire: int = 0,
    time: int = 0,
    side: int = 0,
    type: int = 0,
    time_in_force: int = 0,
    self_trade: int = 0,
    flags: int = 0,
    client: bytes = b"",
) -> bytes:
    """Return a command's 128 bytes.

    Raises:
        InputError: a value is no whole number, or does not fit its field.
    """
    numbers = (
        time, order, price, quantity, stop, extra, expire, 0, 0, symbol, account, 0, 0,
        kind, side, type, time_in_force, self_trade, flags,
    )  # fmt: skip
    return pack_row(numbers, client)


def pack_row(numbers: tuple[int, ...], client: bytes) -> bytes:
    """Return a command's 128 bytes from its fields in the record's order, up to ``flags``.

    Raises:
        InputError: a value is no whole number, or does not fit its field.
    """
    try:
        return _pack(*numbers, 0, client)
    except error:
        for name, form, number in zip(COMMAND.names or (), _LAYOUT, numbers, strict=False):
            whole(name, number, *_RANGES[form], UNITS.get(name, "it"))
        raise


def pack_overlay(layout: np.dtype[np.void], kind: int, values: dict[str, int]) -> bytes:
    """Return 128 bytes of a command under another layout's names; the values were checked."""
    row = np.zeros(1, COMMAND)
    row["kind"] = kind
    for name, value in values.items():
        row.view(layout)[name] = value
    return row.tobytes()
