import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.bars import COLUMNS, Bars
from arbitrax.domain.intervals import DAY, HOUR, MINUTE, SECOND, nanoseconds
from arbitrax.kernels import resample as kernel
from arbitrax.market_data.alignment import align, last_completed
from arbitrax.market_data.resample import bars_from_ticks, resample
from arbitrax.market_data.sessions import Sessions, split_sessions
from tests.oracles import resample as oracle

numbers = st.one_of(st.just(float("nan")), st.integers(1, 400).map(lambda n: n / 4), st.floats(0.01, 1e6))
INTRADAY = ("2m", "5m", "7m", "15m", "30m", "1h", "4h")
LONGER = ("1d", "3d", "1w", "2w", "1mo")
MARCH = 19_783 * DAY  # 2024-03-01, a Friday; New York's clocks go forward on the 10th


@st.composite
def grouped_rows(draw):
    rows = draw(st.lists(st.tuples(*[numbers] * 6), min_size=1, max_size=40))
    later = draw(st.sets(st.integers(1, len(rows) - 1), max_size=10)) if len(rows) > 1 else set()
    return rows, [0, *sorted(later)]


@given(grouped_rows(), st.booleans())
def test_groups_aggregate_as_by_definition(case, adjusted):
    rows, starts = case
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    out = np.empty((6 if adjusted else 5, len(starts)))
    kernel.aggregate(np.array(starts), *columns[:5], columns[5] if adjusted else np.empty(0), out)
    expected = np.array(oracle.aggregate(starts, rows)).T
    assert np.array_equal(out, expected[: len(out)], equal_nan=True)


@given(st.lists(st.tuples(st.integers(1, 999), st.integers(0, 99)), min_size=1, max_size=50), st.integers(1, 5000))
def test_volume_and_value_bars_end_as_by_definition(ticks, threshold):
    price, size = (np.array(column, dtype=np.float64) for column in zip(*ticks, strict=True))
    for unit, weights in (("v", size), ("q", price * size), ("t", np.ones(len(size)))):
        starts = oracle.groups_by_sum(weights.tolist(), threshold)
        bars = bars_from_ticks("X", np.arange(len(size)), price, size, f"{threshold}{unit}")
        assert bars.timestamp.tolist() == starts
        assert bars.open.tolist() == price[starts].tolist()
        assert bars.close.tolist() == price[[*(np.array(starts[1:], dtype=int) - 1), -1]].tolist()
        assert bars.high.tolist() == np.maximum.reduceat(price, starts).tolist()
        assert bars.volume.sum() == size.sum()


@st.composite
def market(draw):
    """Minutes of a few weeks through a clock change, with gaps, half days and holidays, and their sessions."""
    kind = draw(st.sampled_from(["stock", "future", "always"]))
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    times, ends, days, rows = [], [], [], 0
    for day in range(draw(st.integers(8, 24))):
        date = MARCH + day * DAY
        weekday = (date // DAY + 3) % 7
        summer = HOUR if day >= 9 else 0
        if kind != "always" and (weekday > 4 or random.random() < 0.08):
            continue
        if kind == "stock":
            opened, length = date + 14 * HOUR + 30 * MINUTE - summer, 210 if random.random() < 0.1 else 390
        elif kind == "future":
            opened, length = date - HOUR - summer, 23 * 60
        else:
            opened, length = date, 24 * 60
        minutes = opened + np.arange(length) * MINUTE
        kept = minutes[random.random(length) < random.choice([0.3, 0.9, 1.0])]
        if len(kept):
            times.append(kept)
            rows += len(kept)
            ends.append(rows - 1)
            days.append(date // DAY)
    timestamp = np.concatenate(times)
    close = np.exp(random.normal(0, 0.001, rows).cumsum()) * 100
    open_ = close * np.exp(random.normal(0, 0.001, rows))
    bars = Bars(
        "X", "1m", timestamp, open_, np.maximum(open_, close), np.minimum(open_, close), close,
        random.integers(0, 100, rows).astype(np.float64),
    )  # fmt: skip
    return bars, Sessions(np.array(ends), np.array(days), 0, kind == "always")


def first_rows(sessions, rows):
    """The sessions of the first ``rows`` bars alone."""
    ends = np.append(sessions.ends[sessions.ends < rows - 1], rows - 1)
    return Sessions(ends, sessions.days[: len(ends)], sessions.cut, sessions.round_the_clock)


@given(market(), st.sampled_from(INTRADAY))
def test_intraday_groups_are_those_of_the_definition(case, interval):
    bars, sessions = case
    firsts = [0, *(sessions.ends[:-1] + 1).tolist()]
    times, length = bars.timestamp.tolist(), nanoseconds(interval)
    step = 15 * MINUTE if length % (15 * MINUTE) == 0 else np.gcd(length, 15 * MINUTE)
    anchors = [times[i] // DAY * DAY if sessions.round_the_clock else times[i] // step * step for i in firsts]
    starts, stamps = oracle.groups_by_time(times, firsts, anchors, length)
    rows = list(zip(*(getattr(bars, name).tolist() for name in COLUMNS[1:6]), times, strict=True))
    coarse = resample(bars, interval, sessions=sessions)
    assert coarse.timestamp.tolist() == stamps
    expected = np.array(oracle.aggregate(starts, rows)).T
    assert np.array_equal(np.array([coarse.open, coarse.high, coarse.low, coarse.close, coarse.volume]), expected[:5])
    assert (np.diff(coarse.timestamp) > 0).all()


@given(market(), st.sampled_from(INTRADAY + LONGER), st.floats(0.05, 1))
def test_a_truncated_history_has_the_same_completed_bars(case, interval, share):
    bars, sessions = case
    cut = max(1, int(len(bars) * share))
    part = bars.take(slice(0, cut))
    full, known = resample(bars, interval, sessions=sessions), None
    short = resample(part, interval, sessions=first_rows(sessions, cut))
    # All but the last group are over: a bar of the next one is there.
    over = len(short) - 1
    for name in COLUMNS[:6]:
        assert np.array_equal(getattr(full, name)[:over], getattr(short, name)[:over])
    known = last_completed(full, bars)[cut - 1] if interval in INTRADAY else over - 1
    if interval in INTRADAY:
        assert last_completed(short, part)[-1] == known
        assert np.array_equal(last_completed(full, bars)[:cut], last_completed(short, part))
        assert np.array_equal(full.close[: known + 1], short.close[: known + 1])
        assert np.array_equal(align(full.close, full, bars)[:cut], align(short.close, short, part), equal_nan=True)


@given(market(), st.sampled_from(INTRADAY))
def test_alignment_is_that_of_the_definition(case, interval):
    bars, sessions = case
    bars = bars.take(slice(0, 700))
    coarse = resample(bars, interval, sessions=first_rows(sessions, len(bars)))
    got = last_completed(coarse, bars)
    step, length = MINUTE, nanoseconds(interval)
    assert got.tolist() == oracle.last_completed(coarse.timestamp.tolist(), length, bars.timestamp.tolist(), step)


@given(market(), st.sampled_from(INTRADAY + LONGER))
def test_no_value_is_known_before_its_last_bar_has_closed(case, interval):
    bars, _ = case
    sessions = split_sessions(bars.timestamp, "1m")
    coarse = resample(bars, interval, sessions=sessions)
    last_row = np.arange(len(bars), dtype=np.float64)
    marked = Bars("X", "1m", bars.timestamp, *[last_row] * 5)
    last_rows = resample(marked, interval, sessions=sessions).close
    seen = align(last_rows, coarse, bars)
    known = ~np.isnan(seen)
    assert (seen[known] <= last_row[known]).all()
    assert (np.diff(seen[known]) >= 0).all()
    # Nothing is withheld either: what a bar of a later group shows to be over is known.
    of_group = last_rows.searchsorted(last_row)
    assert (last_completed(coarse, bars) >= of_group - 1).all()


@given(market(), st.integers(1, 30))
def test_daily_and_weekly_bars_of_the_data_s_own_sessions_survive_truncation(case, back):
    bars, _ = case
    cut = max(1, len(bars) - back * 37)
    part = bars.take(slice(0, cut))
    whole, shorter = split_sessions(bars.timestamp, "1m"), split_sessions(part.timestamp, "1m")
    if whole.cut != shorter.cut or whole.round_the_clock != shorter.round_the_clock:
        return  # too short a history to tell its sessions: stated in the docs
    days = len(shorter.days)
    told = np.minimum(whole.ends[:days], cut - 1)
    if not (np.array_equal(whole.days[:days], shorter.days) and np.array_equal(told, shorter.ends)):
        return  # as above: until all weekdays have been, a piece after midnight may count to the day before
    for interval in ("1d", "1w"):
        full, short = resample(bars, interval), resample(part, interval)
        known = last_completed(short, part)
        assert np.array_equal(last_completed(full, bars)[:cut], known)
        assert np.array_equal(full.close[: known[-1] + 1], short.close[: known[-1] + 1])


@given(st.lists(st.integers(0, 3 * SECOND), min_size=1, max_size=60), st.sampled_from(["1s", "5s", "1m"]))
def test_clock_bars_of_ticks_hold_the_ticks_of_their_time(steps, interval):
    times = MARCH + np.cumsum(steps)
    price = np.arange(1.0, len(times) + 1)
    bars = bars_from_ticks("X", times, price, np.ones(len(times)), interval)
    slot = times // nanoseconds(interval)
    assert bars.timestamp.tolist() == sorted({int(each) * nanoseconds(interval) for each in slot})
    assert bars.volume.tolist() == [
        float(np.count_nonzero(slot * nanoseconds(interval) == at)) for at in bars.timestamp
    ]
    assert bars.close.tolist() == [price[slot * nanoseconds(interval) == at][-1] for at in bars.timestamp]
