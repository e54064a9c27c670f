"""Whose rows these are, and what other bars of the same time say."""

import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.validation.findings import Context
from arbitrax.market_data.validation.validator import validate
from tests.candidates import XNYS, as_bars, candidate, flat, found, rules, split


def silent(before, after, sessions=30, size=40):
    """Two stretches of flat rows with sessions between that have none."""
    rows = flat([before] * size + [0.0] * sessions + [after] * size)
    return rows.take(np.r_[0:size, size + sessions : 2 * size + sessions])


def check(rows, **more):
    return validate(rows, Context(calendar=more.pop("calendar", XNYS), **more))


def test_another_price_after_a_long_silence_is_another_security():
    rows = silent(0.16, 28.58)
    result = check(rows)
    assert found(result, "identity_break", "error") == rows.timestamp[:40].tolist()
    assert found(result, "identity_break", "warn") == [int(rows.timestamp[40])]
    assert result.quarantined[0].reason == (
        "2015-01-02 may be of another security: nothing traded between 2015-03-02, closing at 0.16, and 2015-04-15, "
        "closing at 28.58."
    )


def test_about_the_same_price_after_a_long_silence_is_rather_a_hole():
    result = check(silent(42.23, 43.18))
    assert len(result.kept) == 80
    assert rules(result, "warn") == {"identity_break", "session"}


def test_after_a_year_the_price_does_not_matter():
    assert rules(check(silent(42.23, 43.18, sessions=260)), "error") == {"identity_break"}


def test_a_price_five_times_higher_after_any_silence():
    assert rules(check(silent(10, 55, sessions=2)), "error") == {"identity_break"}
    assert rules(check(silent(10, 45, sessions=2)), "error") == set()
    assert rules(check(silent(10, 55, sessions=0)), "error") == set()  # a jump, which may be true


def test_a_split_during_the_silence_explains_the_price():
    rows = silent(70, 10, sessions=12)
    rows.volume[40:] *= 7
    result = check(rows, actions=(split(int(rows.timestamp[40]), 7.0),))
    assert rules(result, "error") == set()


def test_without_a_calendar_weekdays_are_counted_with_room_for_holidays():
    assert rules(check(silent(10, 20, sessions=15), calendar=None), "error") == set()
    assert rules(check(silent(10, 20, sessions=30), calendar=None), "error") == {"identity_break"}


def test_rows_after_a_silence_since_the_stored_bars_are_set_aside():
    rows = silent(10, 20)
    after = rows.take(slice(40, None))
    stored = as_bars(rows.take(slice(0, 40)))
    asked = (int(stored.timestamp[-1]) + DAY, int(rows.timestamp[-1]) + DAY)
    assert len(check(after, before=stored, requested=asked).kept) == 0
    # Nobody asked for the time between: it is no silence.
    late = (int(after.timestamp[0]), asked[1])
    assert check(after, before=stored, requested=late).findings == ()


@pytest.mark.parametrize("asset_type", ["crypto", "fx"])
def test_pairs_of_currencies_are_what_their_names_say(asset_type):
    assert "identity_break" not in rules(check(silent(600, 4600), asset_type=asset_type))


def test_prices_of_another_symbol_are_told_by_another_source():
    rows = flat([30.0] * 20)
    result = check(rows, other=as_bars(flat([80.0] * 20)))
    assert len(result.kept) == 0
    assert result.quarantined[0].reason == (
        "2015-01-02: closes are 0.375 times those of another source, so they seem to be another symbol's."
    )
    assert rules(check(rows, other=as_bars(flat([33.0] * 20))), "error") == set()
    # Off by a split's ratio or by a hundred is another matter.
    assert "foreign_row" not in rules(check(rows, other=as_bars(flat([3000.0] * 20))))
    known = check(rows, other=as_bars(flat([60.0] * 20)), actions=(split("2030-01-02", 2.0),))
    assert "foreign_row" not in rules(known)


def minutes(close, volume=10):
    start = start_of_day("2020-03-09") + 13 * HOUR + 30 * MINUTE
    return candidate(*((start + n * MINUTE, close, close, close, close, volume) for n in range(390)), interval="1m")


def test_minutes_against_their_day():
    day = as_bars(candidate(("2020-03-09", 100, 101, 99, 100, 5000)))
    assert check(minutes(100.3), daily=day).findings == ()
    (off,) = check(minutes(100.8), daily=day).findings
    assert (off.rule, str(off.level)) == ("minutes_against_day", "info")
    assert off.reason == "2020-03-09 ends at 100.8 with 3900 traded; the day says 100 and 5000."
    assert rules(check(minutes(100, volume=13), daily=day)) == {"minutes_against_day"}
    assert "foreign_row" in rules(check(minutes(30), daily=day), "error")


@pytest.mark.parametrize(
    ("row", "differs"),
    [((100, 110, 90, 101, 1000), False), ((100, 110, 90, 100.4, 1150), False), ((100, 110, 90, 100.6, 1000), True),
     ((103, 110, 90, 100, 1000), True), ((100, 113, 90, 100, 1000), True), ((100, 110, 90, 100, 1300), True)],
)  # fmt: skip
def test_another_source(row, differs):
    other = as_bars(
        candidate(("2020-03-09", *((100, 110, 90, 101, 1000) if row[3] == 101 else (100, 110, 90, 100, 1000))))
    )
    result = check(candidate(("2020-03-09", *row)), other=other)
    assert rules(result) == ({"sources_differ"} if differs else set())
    assert len(result.kept) == 1


def test_another_source_is_compared_in_the_basis_of_the_rows():
    """Stored bars are as traded; the vendor's are divided by both later splits."""
    rows = flat([10.0] * 20, basis="split_adjusted", volume=2800.0)
    stored = as_bars(flat([280.0] * 20, volume=100.0))
    later = (split("2020-01-02", 7.0), split("2024-01-02", 4.0))
    assert check(rows, other=stored, actions=later).findings == ()
    assert rules(check(rows, other=stored)) == {"foreign_row"}
    # Still as traded, though it says adjusted: another rule's matter.
    assert "foreign_row" not in rules(check(flat([280.0] * 20, basis="split_adjusted"), other=stored, actions=later))


def test_minutes_are_compared_with_their_day_in_the_basis_of_the_rows():
    day = as_bars(candidate(("2020-03-09", 700, 707, 693, 700, 500)))
    rows = minutes(100)
    known = {"daily": day, "actions": (split("2024-01-02", 7.0),)}
    assert rules(check(rows, **known)) != set()
    assert check(replace(rows, basis="split_adjusted"), **known).findings != ()  # 3,900 traded of 3,500
    assert check(replace(minutes(100, volume=5), basis="split_adjusted"), **known).findings == ()


def test_a_row_of_a_time_that_had_not_come_is_set_aside_and_breaks_nothing():
    rows = candidate(
        *((f"2024-01-{day:02}", 100, 101, 99, 100, 1000) for day in (2, 3, 4, 5)),
        ("2062-01-08", 100, 101, 99, 100, 1000),
    )
    result = check(rows, now=start_of_day("2024-01-06"))
    assert rules(result, "error") == {"foreign_row"}
    assert [each.reason for each in result.quarantined] == [
        "2062-01-08 had not come at 2024-01-06T00:00:00Z, when it was received."
    ]
    assert len(result.kept) == 4


def test_a_date_that_has_begun_in_the_far_east_has_come():
    rows = candidate(("2024-01-04", 100, 101, 99, 100, 1000), ("2024-01-05", 100, 101, 99, 100, 1000))
    assert rules(check(rows, now=start_of_day("2024-01-04") + 16 * HOUR), "error") == set()
    late = candidate((start_of_day("2024-01-05") + HOUR, 100, 101, 99, 100, 1000), interval="1m")
    assert rules(check(late, now=start_of_day("2024-01-05")), "error") == {"foreign_row"}
