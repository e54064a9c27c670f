"""The example of docs/concepts/portfolios.md runs, and holds what it says."""

import re
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.domain.panel import Panel
from tests.market import daily, weekdays

PAGE = Path(__file__).parents[3] / "docs" / "concepts" / "portfolios.md"
DAYS, SYMBOLS = 600, 200


@pytest.fixture(scope="module")
def series():
    random = np.random.default_rng(11)
    times, made = weekdays(DAYS), []
    for number in range(SYMBOLS):
        steps = random.normal(random.normal(0, 0.001), random.uniform(0.005, 0.04), DAYS)
        bars = daily(50 * np.exp(np.cumsum(steps)), symbol=f"S{number}")
        bars = replace(bars, timestamp=times)
        made.append(bars.take(slice(300 if number % 10 == 0 else 0, 400 if number % 10 == 1 else None)))
    return made


def run(series):
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
    names = {"series": series, "sector_of": {bars.symbol: f"sector {at % 4}" for at, bars in enumerate(series)}}
    exec(code, names)  # noqa: S102 - the page is ours
    return names


def test_the_example_keeps_its_limits(series):
    found = run(series)
    rows, weights, best, momentum = (found[name] for name in ("rows", "weights", "best", "momentum"))
    assert weights.shape == (len(rows), SYMBOLS)
    early = rows < 252
    assert early.any()
    assert (weights[early] == 0).all()
    assert (weights >= 0).all()
    assert (weights <= 0.08).all()
    for sector in range(4):
        assert (weights[:, sector::4].sum(axis=1) <= 0.30 + 1e-12).all()
    late = weights[~early].sum(axis=1)
    assert (late <= 1 + 1e-12).all()
    assert (late > 0.5).all()
    for scores, chosen in zip(momentum[~early], best[~early], strict=True):
        known = ~np.isnan(scores)
        assert chosen.sum() == known.sum() // 10
        assert scores[chosen].min() >= scores[known & ~chosen].max()


def test_what_is_not_listed_or_no_longer_is_not_held(series):
    found = run(series)
    rows, weights = found["rows"], found["weights"]
    assert (weights[rows < 300 + 252, 0::10] == 0).all()  # twelve months after listing
    assert (weights[rows > 405, 1::10] == 0).all()  # five rows after the last bar


def test_no_decision_changes_when_later_bars_are_removed(series):
    full = run(series)
    panel = Panel.from_bars(series)
    for last in (300, 451, 520):
        end = int(panel.timestamp[last])
        part = run([bars.between(None, end) for bars in series])
        count = len(part["rows"])
        assert count > 5
        assert np.array_equal(part["rows"], full["rows"][:count])
        assert np.array_equal(part["weights"], full["weights"][:count])
