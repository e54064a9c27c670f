"""Schedules: kept by name, with how far each got."""

from datetime import date

import pytest
from msgspec.structs import replace

from arbitrax.domain.errors import DataError
from arbitrax.services.catalogue_ports import Schedule
from arbitrax.storage.postgres.schedule_store import PostgresScheduleStore

DAILY = Schedule("daily", "yahoo", "1d", "XNYS", symbols=("AAPL", "MSFT"))
LISTED = Schedule("crypto", "polygon", "1h", "24/7", watchlist="coins.txt", last_done=date(2024, 1, 5))


@pytest.fixture
def schedules(database) -> PostgresScheduleStore:
    return PostgresScheduleStore(database)


def test_schedules_are_kept_replaced_and_removed(schedules) -> None:
    for schedule in (DAILY, LISTED, DAILY):
        schedules.put(schedule)
    assert schedules.list() == [LISTED, DAILY]
    schedules.done("daily", date(2024, 1, 3))
    schedules.done("daily", date(2024, 1, 2))
    changed = replace(DAILY, symbols=("IBM",), source="polygon")
    schedules.put(changed)
    assert schedules.list() == [LISTED, replace(changed, last_done=date(2024, 1, 3))]
    assert schedules.remove("crypto")
    assert not schedules.remove("crypto")
    assert [each.name for each in schedules.list()] == ["daily"]


@pytest.mark.parametrize(
    "wrong", [replace(DAILY, symbols=()), replace(DAILY, watchlist="x"), replace(DAILY, interval="1y")]
)
def test_schedules_that_say_nothing_or_too_much_are_refused(schedules, wrong) -> None:
    with pytest.raises(DataError, match="ingestion_schedules"):
        schedules.put(wrong)
    assert schedules.list() == []
