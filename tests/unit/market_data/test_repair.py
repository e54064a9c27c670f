"""Proposals mend what they say, and can be taken back."""

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.domain.dates import start_of_day
from arbitrax.market_data.repair import Repair, propose_repairs
from arbitrax.market_data.repair_rows import joined
from arbitrax.market_data.validation.findings import Context
from arbitrax.market_data.validation.validator import validate
from tests.candidates import XNYS, as_bars, as_traded, candidate, flat, made_history, multiplied, split


def set_aside(rows, *actions, **more):
    result = validate(rows, Context(calendar=XNYS, actions=actions, **more))
    return as_bars(result.kept), result.quarantined


def applied(stored, repair):
    """The bars by time, as they would be."""
    bars = {
        int(at): tuple(float(getattr(stored, name)[n]) for name in ("open", "high", "low", "close", "volume"))
        for n, at in enumerate(stored.timestamp)
    }
    for change in repair.changes:
        old = (
            None
            if change.old is None
            else tuple(change.old[name] for name in ("open", "high", "low", "close", "volume"))
        )
        assert bars.get(change.timestamp) == old
        if change.new is None:
            del bars[change.timestamp]
        else:
            bars[change.timestamp] = tuple(change.new[name] for name in ("open", "high", "low", "close", "volume"))
    return bars


def test_a_sound_series_needs_nothing():
    rows, actions, known, _ = made_history(7)
    stored = as_bars(as_traded(rows, known))
    assert propose_repairs(stored, Context(calendar=XNYS, actions=actions)) == ()


@pytest.mark.parametrize("factor", [100.0, 0.01])
@pytest.mark.parametrize("seed", range(5))
def test_a_block_in_another_unit_is_brought_back_from_quarantine(seed, factor):
    rows, actions, known, random = made_history(seed)
    truth = as_traded(rows, known)
    start = int(random.integers(20, 350))
    bad = multiplied(truth, slice(start, start + 20), factor)
    stored, aside = set_aside(bad, *actions)
    assert len(aside) == 20
    (repair,) = propose_repairs(stored, Context(calendar=XNYS, actions=actions), aside)
    assert (repair.kind, len(repair.changes)) == ("units", 20)
    assert all(change.old is None for change in repair.changes)
    mended = [change.new["close"] for change in repair.changes]
    assert mended == pytest.approx(truth.close[start : start + 20].tolist())
    assert [change.new["volume"] for change in repair.changes] == truth.volume[start : start + 20].tolist()


@pytest.mark.parametrize("seed", range(5))
def test_a_split_that_a_vendor_did_not_apply_is_applied(seed):
    rows, actions, known, _ = made_history(seed)
    ex_date, ratio = known
    before = rows.timestamp < ex_date
    bad = multiplied(rows, before, ratio, 1 / ratio)
    result = validate(bad, Context(calendar=XNYS, actions=actions))
    assert len(result.quarantined) == int(before.sum())
    stored = as_bars(as_traded(result.kept, known))
    context = Context(calendar=XNYS, actions=actions)
    (repair,) = propose_repairs(stored, context, result.quarantined, basis="split_adjusted")
    truth = as_traded(rows, known)
    assert repair.kind == "split"
    assert [change.new["close"] for change in repair.changes] == pytest.approx(truth.close[before].tolist())
    assert [change.new["volume"] for change in repair.changes] == pytest.approx(truth.volume[before].tolist())


def test_stored_rows_off_by_a_split_are_changed_and_put_back():
    rows = flat([700.0] * 30 + [100.0] * 30, volume=np.repeat([1e3, 7e3], 30))
    wrong = multiplied(replace(rows, adj_close=rows.close.copy()), slice(10, 14), 1 / 7, 7.0)
    stored = as_bars(replace(wrong, adj_close=None))
    (repair,) = propose_repairs(stored, Context(calendar=XNYS, actions=(split(int(rows.timestamp[30]), 7.0),)))
    assert repair.reason == "Prices of 4 rows are multiplied by 7, as a declared split was not applied, or twice."
    mended = applied(stored, repair)
    assert [each[3] for each in mended.values()] == pytest.approx(rows.close.tolist())
    assert [each[4] for each in mended.values()] == pytest.approx(rows.volume.tolist())
    undone = repair.undone()
    assert [(each.old, each.new) for each in undone.changes] == [(each.new, each.old) for each in repair.changes]
    assert undone.undone().changes == repair.changes


def test_a_proposal_is_plain_data():
    rows = flat([10.0] * 20)
    rows.close[4:6] = rows.open[4:6] = rows.high[4:6] = rows.low[4:6] = 1000.0
    (repair,) = propose_repairs(as_bars(rows), Context(calendar=XNYS))
    assert msgspec.json.decode(msgspec.json.encode(repair), type=Repair) == repair
    assert repair.changes[0].old["close"] == 1000.0
    assert repair.changes[0].new["close"] == 10.0


def test_a_missing_open_becomes_the_last_close_within_the_range():
    stored, aside = set_aside(candidate(("2015-01-02", 10, 11, 9, 10.5, 5), ("2015-01-05", 0, 11, 10.7, 10.8, 5)))
    (repair,) = propose_repairs(stored, Context(), aside)
    assert repair.kind == "row"
    assert repair.changes[0].old is None
    assert repair.changes[0].new == {"open": 10.7, "high": 11, "low": 10.7, "close": 10.8, "volume": 5}
    assert repair.reason == "The missing open becomes the last close 10.5, held within low and high."


def test_high_and_low_are_exchanged_only_if_open_and_close_lie_between():
    good = ("2015-01-02", 10, 11, 9, 10.5, 5)
    stored, aside = set_aside(candidate(good, ("2015-01-05", 10, 9, 11, 10.8, 5)))
    (repair,) = propose_repairs(stored, Context(), aside)
    assert (repair.changes[0].new["high"], repair.changes[0].new["low"]) == (11, 9)
    stored, aside = set_aside(candidate(good, ("2015-01-05", 12, 9, 11, 10.8, 5)))
    assert propose_repairs(stored, Context(), aside) == ()


def test_an_earlier_version_is_proposed_where_only_the_later_one_is_doubtful():
    sound, doubtful = ("2015-01-05", 10, 11, 9, 10.5, 5), ("2015-01-05", 10, 11, 1, 10.5, 5)
    stored, aside = set_aside(candidate(("2015-01-02", 10, 11, 9, 10, 5), sound, doubtful))
    (repair,) = propose_repairs(stored, Context(), aside)
    assert repair.kind == "duplicate"
    assert applied(stored, repair)[start_of_day("2015-01-05")] == (10, 11, 9, 10.5, 5)
    stored, aside = set_aside(candidate(("2015-01-02", 10, 11, 9, 10, 5), doubtful, sound))
    assert propose_repairs(stored, Context(), aside) == ()


def test_a_true_crash_is_not_repaired():
    stored = as_bars(flat([53.5] * 30 + [25.75] * 30))
    assert propose_repairs(stored, Context(calendar=XNYS, actions=(split("2012-01-03", 2.0),))) == ()


def test_rows_without_prices_cannot_be_mended():
    stored, aside = set_aside(candidate(("2015-01-02", 10, 11, 9, 10.5, 5), ("2015-01-05", *[np.nan] * 5)))
    assert propose_repairs(stored, Context(), aside) == ()


def test_stored_bars_on_days_without_a_session_are_taken_out_and_put_back():
    rows = flat([10.0] * 10, start="2024-01-02")
    saturday = start_of_day("2024-01-06")
    stored = as_bars(joined(rows, replace(rows.take(slice(1)), timestamp=np.array([saturday]))))
    assert propose_repairs(stored, Context()) == ()
    (repair,) = propose_repairs(stored, Context(calendar=XNYS))
    assert repair.reason == "1 bar is taken out, as XNYS had no session then."
    (change,) = repair.changes
    assert (change.timestamp, change.new) == (saturday, None)
    assert change.old["close"] == 10.0
    assert repair.undone().changes[0].new == change.old
