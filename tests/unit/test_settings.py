"""Settings of the exchange: what is refused, and with which sentence."""

import pytest

from arbitrax.domain.errors import InputError
from arbitrax.settings import read_settings


def test_the_exchange_survives_kills_by_default_and_power_cuts_when_asked():
    assert read_settings({}).durability == "process"
    assert read_settings({"ARBITRAX_DURABILITY": "power"}).durability == "power"
    with pytest.raises(InputError, match="ARBITRAX_DURABILITY is 'everysec'; it is process or power"):
        read_settings({"ARBITRAX_DURABILITY": "everysec"})


def test_snapshots_are_paced_by_whole_numbers():
    assert read_settings({"ARBITRAX_SNAPSHOT_COMMANDS": "1000"}).snapshot_commands == 1_000
    for value in ("0", "-1", "1.5", "", "many"):
        with pytest.raises(InputError, match=f"ARBITRAX_SNAPSHOT_SECONDS is {value!r}; it is a whole number"):
            read_settings({"ARBITRAX_SNAPSHOT_SECONDS": value})
