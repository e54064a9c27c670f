"""What a report counts, and how its score comes about."""

import json

import msgspec
import numpy as np
import pytest

from arbitrax.domain.dates import start_of_day
from arbitrax.market_data.validation.findings import Context, QualityReport, score_text
from arbitrax.market_data.validation.report import report, report_on
from arbitrax.market_data.validation.validator import validate
from tests.candidates import XNYS, as_bars, candidate, flat


def test_a_series_without_doubt_has_100():
    made = report_on(as_bars(flat([10.0] * 50)), Context(calendar=XNYS))
    assert (made.score, made.rows, made.counts, made.lines) == (100.0, 50, {"error": 0, "warn": 0, "info": 0}, ())


def spoiled(errors, warns, size=100):
    rows = flat([10.0] * size)
    rows.low[:warns] = 1.0
    rows.close[size - errors :] = np.nan
    return rows


@pytest.mark.parametrize(("errors", "warns", "score"), [(1, 0, 90), (0, 1, 99), (2, 5, 75), (10, 0, 0), (50, 0, 0)])
def test_the_score_takes_ten_for_an_error_and_one_for_a_warning(errors, warns, score):
    made = report(validate(spoiled(errors, warns), Context(calendar=XNYS)))
    assert made.score == score
    assert made.counts == {"error": errors, "warn": warns, "info": 0}


def test_any_doubt_shows():
    assert report(validate(spoiled(0, 1, 3000))).score == 99.96


def test_a_row_with_two_faults_counts_once():
    rows = flat([10.0] * 10)
    rows.open[3], rows.high[4], rows.low[4] = -1, 20.0, 1.0
    rows.volume[3] = -1
    made = report(validate(rows))
    assert made.counts == {"error": 1, "warn": 1, "info": 0}
    assert [(each.rule, str(each.level), each.count) for each in made.lines] == [
        ("price_not_positive", "error", 1),
        ("volume", "error", 1),
        ("wick", "warn", 1),
    ]


def test_missing_sessions_count_as_doubtful():
    rows = flat([10.0] * 20).take(np.r_[0:10, 12:20])
    made = report(validate(rows, Context(calendar=XNYS)))
    assert made.score == 90.0
    (line,) = made.lines
    assert (line.rule, line.count, len(line.times)) == ("session", 2, 2)
    assert line.first < line.last


def test_rows_set_aside_count_until_a_sound_bar_has_taken_their_place():
    bars = as_bars(flat([10.0] * 9))
    aside = validate(candidate(("2014-12-31", 1, 1, 1, np.nan, 1))).quarantined
    made = report_on(bars, set_aside=aside)
    assert (made.score, made.counts["error"]) == (0.0, 1)
    assert made.lines[0].reason == "2014-12-31 has no close."
    replaced = validate(candidate(("2015-01-02", 1, 1, 1, np.nan, 1))).quarantined
    made = report_on(bars, set_aside=replaced)
    assert (made.score, made.counts) == (100.0, {"error": 0, "warn": 0, "info": 1})


def test_a_report_is_plain_data():
    made = report(validate(spoiled(2, 3)))
    assert msgspec.json.decode(msgspec.json.encode(made), type=QualityReport) == made
    assert json.loads(msgspec.json.encode(made))["lines"][0]["rule"] == "price_missing"


def test_an_empty_series_has_nothing_to_doubt():
    assert report(validate(candidate())).score == 100.0


def test_no_more_than_a_thousand_times_are_listed():
    rows = flat([10.0] * 1200)
    rows.low[:] = 1.0
    (line,) = report(validate(rows)).lines
    assert (line.count, len(line.times), line.first) == (1200, 1000, start_of_day("2015-01-02"))


def test_a_score_is_told_as_no_better_than_it_is():
    assert [score_text(each) for each in (100.0, 99.996, 99.9, 32.34)] == ["100.0", "99.9", "99.9", "32.3"]
