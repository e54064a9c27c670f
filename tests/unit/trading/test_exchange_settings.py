"""The file that configures an exchange: what it means, and what is refused."""

from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from arbitrax.domain.errors import InputError
from arbitrax.exchange.records import COMMAND, INSTRUMENT_RULES
from arbitrax.services.exchange_configuration import register
from arbitrax.trading.exchange_settings import instrument_command, read_settings_file
from arbitrax.trading.registry import Instrument

EXAMPLE = Path(__file__).parents[3] / "examples" / "exchange.toml"


def test_the_example_becomes_ticks_lots_and_units():
    read = read_settings_file(EXAMPLE.read_bytes(), "exchange.toml")
    apple = Instrument("AAPL", 0, 7, "0.01", "1", read.cash_unit, "USD")
    row = np.frombuffer(instrument_command(read.instruments[0], apple), COMMAND).view(INSTRUMENT_RULES)[0]
    found = {name: int(row[name]) for name in INSTRUMENT_RULES.names}
    assert found["symbol"] == 7
    assert (found["tick_value"], found["reference"], found["min_notional"]) == (100, 19_000, 10_000)
    assert (found["band"], found["collar"], found["margin"]) == (2_000, 500, 5_000)
    assert (found["maker_fee"], found["taker_fee"]) == (-20, 50)


class NoStore:
    def add_instruments(self, instruments):
        raise AssertionError("nothing may be stored")

    add_accounts = add_instruments


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("instruments = 3", "instruments"),
        ('[[instruments]]\nsymbol = "A"\ntick_size = 0.01', "in quotes"),
        ('[[instruments]]\nsymbol = "A"\ntick_size = "0.01"\ntick = "1"', "tick"),
        ('[[instruments]]\nsymbol = "A"\ntick_size = "0"', "tick"),
        ('[[instruments]]\nsymbol = "A"\ntick_size = "0.00001"', "cash_unit"),
        ('[[instruments]]\nsymbol = "A"\ntick_size = "0.01"\nreference = "1.005"', "nearest"),
        ('[[instruments]]\nsymbol = "A"\ntick_size = "0.01"\ncalendar = "XNYSE"', "XNYS"),
        ('[[instruments]]\nsymbol = "A"\ntick_size = "0.01"\nmaker_fee = "-0.1"', "maker_fee"),
        ('[[instruments]]\nsymbol = "A"\ntick_size = "1"\n[[instruments]]\nsymbol = "A"\ntick_size = "1"', "twice"),
        ('[[accounts]]\nname = ""', "empty"),
        ('[[accounts]]\nname = "acc_01M8ZQ4M8K3T5V7X9Y1B3D5F7H"', "ids of accounts"),
        ('[[accounts]]\nname = "a"\nkind = "gift"', "gift"),
        ('[[accounts]]\nname = "a"\ncash = "NaN"', "NaN"),
        ('[[accounts]]\nname = "a"\nmax_orders = 0', "max_orders"),
        ('currency = "usd"', "usd"),
        ("shard = 256", "256"),
        ("cash_decimals = 10", "10"),
        ("shard = [", "cannot be read"),
    ],
)
def test_what_is_not_possible_is_refused_before_anything_is_stored(text, part):
    with pytest.raises(InputError) as refused:
        register(read_settings_file(text.encode(), "x.toml"), NoStore(), lambda: UUID(int=1))
    assert part in str(refused.value)
