"""INSTRUMENT and LIMITS from typed arguments."""

from arbitrax.domain.errors import InputError
from arbitrax.exchange.arguments import whole
from arbitrax.exchange.command_row import pack_overlay
from arbitrax.exchange.records import (
    ACCOUNT_LIMITS,
    INSTRUMENT_RULES,
    MAX_NOTIONAL,
    MAX_PRICE,
    MAX_QUANTITY,
    MAX_SYMBOLS,
    MAX_TICK_VALUE,
    InstrumentFlag,
    Kind,
)

MILLION = 1_000_000
BASIS_POINTS = 10_000
MOST = (1 << 32) - 1
MOST_LIMIT = (1 << 63) - 1


def instrument(
    symbol: int = 0,
    *,
    tick_value: int = 1,
    price_step: int = 1,
    quantity_step: int = 1,
    max_quantity: int = MAX_QUANTITY,
    min_notional: int = 0,
    reference: int = 0,
    band: int = 0,
    collar: int = 500,
    maker_fee: int = 0,
    taker_fee: int = 0,
    margin: int = BASIS_POINTS,
    accounts: bool = True,
) -> bytes:
    """Return an INSTRUMENT, 128 bytes.

    Args:
        symbol: its number.
        tick_value: units of cash that a tick of a lot is worth: notional = price x quantity x tick_value.
        price_step: ticks that every price is a multiple of.
        quantity_step: lots that every quantity is a multiple of.
        max_quantity: lots of an order.
        min_notional: units of cash of an order.
        reference: price that bands and auctions go by, and marks without a trade, ticks; 0: none, or as before.
        band: basis points that a limit may be away from the reference; 0: any.
        collar: basis points that a market order may move from the touch.
        maker_fee: millionths of the notional; below 0: a rebate, never more than the taker's fee.
        taker_fee: the same of the taker.
        margin: basis points of the notional that a margin account needs.
        accounts: False: accounts are names only, without cash, positions and limits.

    Raises:
        InputError: a value outside its range.
    """
    values = {
        "symbol": whole("symbol", symbol, 0, MAX_SYMBOLS - 1, "an instrument's number"),
        "tick_value": whole("tick_value", tick_value, 1, MAX_TICK_VALUE, "units of cash"),
        "price_step": whole("price_step", price_step, 1, MAX_PRICE, "ticks"),
        "quantity_step": whole("quantity_step", quantity_step, 1, MAX_QUANTITY, "lots"),
        "max_quantity": whole("max_quantity", max_quantity, 1, MAX_QUANTITY, "lots"),
        "min_notional": whole("min_notional", min_notional, 0, MAX_NOTIONAL, "units of cash"),
        "reference": whole("reference", reference, 0, MAX_PRICE, "ticks"),
        "band": whole("band", band, 0, MOST, "basis points"),
        "collar": whole("collar", collar, 1, MOST, "basis points"),
        "maker_fee": whole("maker_fee", maker_fee, -MILLION, MILLION, "millionths of the notional"),
        "taker_fee": whole("taker_fee", taker_fee, -MILLION, MILLION, "millionths of the notional"),
        "margin": whole("margin", margin, 1, BASIS_POINTS, "basis points"),
        "flags": 0 if accounts else int(InstrumentFlag.NO_ACCOUNTS),
    }
    if maker_fee + taker_fee < 0:
        raise InputError(
            f"maker_fee={maker_fee} and taker_fee={taker_fee} pay more than they earn; make their sum 0 or more."
        )
    return pack_overlay(INSTRUMENT_RULES, Kind.INSTRUMENT, values)


def limits(
    account: int,
    *,
    max_position: int | None = None,
    max_notional: int | None = None,
    max_orders: int | None = None,
    max_rate: int | None = None,
) -> bytes:
    """Return a LIMITS, 128 bytes; what is left out has no limit.

    Args:
        account: whose.
        max_position: lots of a symbol, long or short, open orders of that side included.
        max_notional: units of cash of an order at its worst price.
        max_orders: open orders.
        max_rate: submissions in a second of engine time.

    Raises:
        InputError: a value that is no whole number above 0.
    """
    given = {
        "max_position": (max_position, "lots"),
        "max_notional": (max_notional, "units of cash"),
        "max_orders": (max_orders, "a count"),
        "max_rate": (max_rate, "a count"),
    }
    values = {
        name: whole(name, value, 1, MOST_LIMIT, unit) for name, (value, unit) in given.items() if value is not None
    }
    return pack_overlay(ACCOUNT_LIMITS, Kind.LIMITS, {"account": whole("account", account, 0, MOST, "it"), **values})
