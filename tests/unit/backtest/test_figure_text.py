import numpy as np
import pytest

from arbitrax.backtest.figure_text import (
    duration,
    metric_value,
    moment,
    number,
    percent,
    price_decimals,
    quantity_decimals,
)
from arbitrax.domain.intervals import DAY, HOUR, MINUTE


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (1234.5, 2, False, "1,234.50"),
        (-1234.5, 2, False, "\N{MINUS SIGN}1,234.50"),
        (0.001, 2, True, "0.00"),
        (-0.001, 2, True, "0.00"),
        (5, 0, True, "+5"),
        (None, 2, False, "—"),
        (float("nan"), 2, False, "—"),
        (float("-inf"), 2, True, "—"),
    ],
)
def test_numbers(value, decimals, signed, text):
    assert number(value, decimals, signed=signed) == text


def test_percent():
    assert percent(0.12345) == "12.35%"
    assert percent(-0.5, signed=True) == "\N{MINUS SIGN}50.00%"
    assert percent(None) == "—"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.1, "percent", "10.00%"),
        (0.9997, "probability", "99.97%"),
        (1693.2, "days", "1,693 d"),
        (0.25, "days", "6 h 00 min"),
        (0.0, "days", "0 d"),
        (60.0, "count", "60"),
        (12061.09, "money", "12,061.09"),
        (None, "ratio", "—"),
    ],
)
def test_metric_values(value, unit, text):
    assert metric_value(value, unit) == text


def test_differences_of_metrics_have_a_sign():
    assert metric_value(805, "days", signed=True) == "+805 d"
    assert metric_value(-0.19, "probability", signed=True) == "\N{MINUS SIGN}19.00%"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "0 min"),
        (12 * MINUTE, "12 min"),
        (3 * HOUR + 5 * MINUTE, "3 h 05 min"),
        (DAY, "1 d"),
        (DAY + 5 * HOUR, "1 d 05 h"),
        (1200 * DAY, "1,200 d"),
    ],
)
def test_durations(length, text):
    assert duration(length) == text


def test_moments_are_utc():
    assert moment(DAY + 14 * HOUR, intraday=True) == "1970-01-02 14:00"
    assert moment(DAY + 14 * HOUR, intraday=False) == "1970-01-02"


@pytest.mark.parametrize(
    ("prices", "decimals"),
    [([10, 11], 2), ([1.0812, 1.09], 4), ([np.pi * 100], 2), ([np.pi], 3), ([np.pi / 1e6], 6), ([np.nan], 2), ([], 2)],
)
def test_price_decimals(prices, decimals):
    assert price_decimals(np.array(prices, dtype=np.float64)) == decimals


@pytest.mark.parametrize(("quantities", "decimals"), [([], 0), ([5, 100], 0), ([500.5], 2), ([1.5], 4), ([0.01], 8)])
def test_quantity_decimals(quantities, decimals):
    assert quantity_decimals(np.array(quantities, dtype=np.float64)) == decimals
