"""The exchange that the fault run makes: one symbol, three accounts for each of two gateways."""

from decimal import Decimal

SHARD, SYMBOL, ACCOUNTS_EACH = 0, 1, 3
TICK, LOT = Decimal("0.05"), Decimal("0.01")
CASH_DECIMALS = 4
TICK_VALUE = int(TICK * LOT * 10**CASH_DECIMALS)
REFERENCE = 10_000
"""Ticks."""
NAME = "FAULT"
FILE = f"""
cash_decimals = {CASH_DECIMALS}

[[instruments]]
symbol = "{NAME}"
tick_size = "{TICK}"
lot_size = "{LOT}"
reference = "{TICK * REFERENCE}"
maker_fee = "-0.0001"
taker_fee = "0.0003"
margin = "0.25"
""" + "".join(
    f"""
[[accounts]]
name = "trader {number}"
kind = "margin"
cash = "1000000"
"""
    for number in range(1, 1 + 2 * ACCOUNTS_EACH)
)
