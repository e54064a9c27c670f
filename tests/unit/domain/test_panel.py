import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.domain.bars import COLUMNS
from arbitrax.domain.errors import DataError, InputError, UnknownNameError
from arbitrax.domain.intervals import DAY
from arbitrax.domain.panel import Panel
from tests.market import daily, sample

NAN = np.nan


def two():
    """A trades on days 0 to 3, B on days 1, 2 and 4."""
    a = daily([10, 11, 12, 13], symbol="A", adj_close=[5, 5.5, 6, 6.5])
    b = daily([1, 20, 21, 3, 24], symbol="B", adj_close=[1, 20, 21, 3, 24]).take([1, 2, 4])
    return a, b


def assert_same_bars(found, given):
    assert (found.symbol, found.interval, found.basis) == (given.symbol, given.interval, given.basis)
    for name in COLUMNS[:-1]:
        assert np.array_equal(getattr(found, name), getattr(given, name), equal_nan=True), name
    if given.adj_close is None:
        assert found.adj_close is None
    else:
        np.testing.assert_allclose(found.adj_close, given.adj_close, rtol=1e-15)


def test_series_align_on_the_union_of_their_times():
    panel = Panel.from_bars(two())
    assert panel.symbols == ("A", "B")
    assert len(panel) == 5
    assert panel.shape == (5, 2)
    assert ((panel.timestamp - panel.timestamp[0]) // DAY).tolist() == [0, 1, 2, 3, 4]
    assert np.array_equal(panel.close, [[10, NAN], [11, 20], [12, 21], [13, NAN], [NAN, 24]], equal_nan=True)
    assert np.array_equal(panel.volume[:, 0], [1000, 1000, 1000, 1000, NAN], equal_nan=True)
    assert np.array_equal(panel.factor, [[0.5, NAN], [0.5, 1], [0.5, 1], [0.5, NAN], [NAN, 1]], equal_nan=True)


@pytest.mark.parametrize("name", ["open", "high", "low", "close", "volume", "factor"])
def test_arrays_are_contiguous_in_time_order(name):
    assert getattr(Panel.from_bars(two()), name).flags.c_contiguous


def test_a_column_is_the_symbols_own_bars():
    panel = Panel.from_bars(two())
    for given in two():
        assert_same_bars(panel.column(given.symbol), given)


def test_real_series_of_different_lengths_round_trip():
    given = [sample(symbol) for symbol in ("AAPL", "FB", "IBM", "GSPC")]
    panel = Panel.from_bars(given)
    for each in given:
        assert_same_bars(panel.column(each.symbol), each)
    first = int(np.argmax(~np.isnan(panel.close[:, 1])))
    assert first > 1000
    assert np.isnan(panel.open[:first, 1]).all()


def test_more_symbols_than_a_block_keep_their_places():
    given = [
        daily(np.arange(1.0, 4.0) + number, symbol=f"S{number}").take(slice(number % 2, None)) for number in range(150)
    ]
    panel = Panel.from_bars(given)
    for each in given:
        assert_same_bars(panel.column(each.symbol), each)


def test_volume_is_left_out_on_request():
    panel = Panel.from_bars(two(), volume=False)
    assert panel.volume is None
    assert np.isnan(panel.column("A").volume).all()


def test_no_factor_without_adjusted_closes():
    assert Panel.from_bars([daily([1, 2])]).factor is None


def test_a_symbol_without_adjusted_closes_keeps_having_none():
    plain = daily([7, 8], symbol="C")
    panel = Panel.from_bars([*two(), plain])
    assert panel.column("C").adj_close is None
    assert panel.adjusted().column("C").close.tolist() == [7, 8]


def test_adjusted_is_each_series_adjusted():
    panel = Panel.from_bars(two()).adjusted()
    assert panel.basis == "adjusted"
    assert panel.factor is None
    for each in two():
        assert_same_bars(panel.column(each.symbol), each.adjusted())
    assert panel.adjusted() is panel
    assert Panel.from_bars([each.adjusted() for each in two()]).content_hash() == panel.content_hash()


def test_adjusting_refuses_a_series_with_some_adjusted_closes():
    with pytest.raises(DataError, match="B has bars without an adjusted close"):
        Panel.from_bars([two()[0], daily([1, 2], symbol="B", adj_close=[1, NAN])]).adjusted()


def test_between_includes_the_start_and_excludes_the_end():
    panel = Panel.from_bars(two())
    start = int(panel.timestamp[1])
    cut = panel.between(start, start + 2 * DAY)
    assert cut.close.tolist() == [[11, 20], [12, 21]]
    assert cut.symbols == panel.symbols
    assert np.shares_memory(cut.close, panel.close)
    assert panel.between(None, None).content_hash() == panel.content_hash()
    assert panel.between(start, start).shape == (0, 2)
    assert panel.between(start, start - DAY).shape == (0, 2)


@pytest.mark.parametrize("name", ["timestamp", "open", "high", "low", "close", "volume", "factor"])
def test_content_hash_sees_every_array(name):
    panel = Panel.from_bars(two())
    columns = {each: getattr(panel, each) for each in panel.__struct_fields__}
    changed = columns[name].copy()
    changed[-1] += 1
    assert Panel(**{**columns, name: changed}).content_hash() != panel.content_hash()
    assert Panel(**columns).content_hash() == panel.content_hash()


def test_content_hash_sees_names_and_what_is_left_out():
    a, b = two()
    hashes = {
        Panel.from_bars(each).content_hash() for each in ([a, b], [b, a], [a], [daily([10, 11, 12, 13], symbol="A")])
    }
    assert len(hashes) == 4
    assert Panel.from_bars([a], volume=False).content_hash() not in hashes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"symbol": "A"}, "A is given twice"),
        ({"interval": "1h"}, "A has 1d bars and B 1h"),
        ({"basis": "adjusted"}, "A is raw and B adjusted"),
    ],
)
def test_mixtures_are_refused_in_a_sentence(change, message):
    a, b = two()
    with pytest.raises(InputError, match=message):
        Panel.from_bars([a, replace(b, **change)])


def test_nothing_is_refused():
    with pytest.raises(InputError, match="at least one symbol"):
        Panel.from_bars([])


def test_times_out_of_order_are_refused():
    a, b = two()
    with pytest.raises(DataError, match="times of B are not ascending"):
        Panel.from_bars([a, b.take([1, 0, 2])])


def test_a_panel_that_would_be_nearly_empty_is_refused():
    series = [daily(np.full(10, 5.0), symbol=f"S{number}") for number in range(1100)]
    apart = [replace(each, timestamp=each.timestamp + number * 3600) for number, each in enumerate(series)]
    with pytest.raises(DataError, match=r"\d+ rows, nearly all empty"):
        Panel.from_bars(apart)


def test_unknown_symbol_suggests_one():
    with pytest.raises(UnknownNameError, match="did you mean 'AAPL'"):
        Panel.from_bars([daily([1, 2], symbol="AAPL")]).column("APPL")


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("close", np.ones((2, 5)).T),
        ("volume", np.ones((5, 3))),
        ("open", np.ones((5, 2), np.float32)),
        ("timestamp", np.zeros(5, np.int64)),
    ],
)
def test_arrays_of_another_form_are_refused(name, array):
    panel = Panel.from_bars(two())
    columns = {each: getattr(panel, each) for each in panel.__struct_fields__}
    with pytest.raises(DataError, match=r"C-contiguous float64 of shape \(5, 2\)|each later than"):
        Panel(**{**columns, name: array})


def test_an_empty_series_is_an_empty_column():
    a, b = two()
    panel = Panel.from_bars([a, b.take(slice(0, 0))])
    assert len(panel.column("B")) == 0
    assert len(panel) == 4


def test_series_that_come_one_by_one_make_the_same_panel():
    # The longest one last, so that rows are added to columns already written.
    given = [
        daily(np.arange(1.0, 8.0) + number, symbol=f"S{number}", adj_close=np.arange(1.0, 8.0) if number > 70 else None)
        for number in range(150)
    ]
    given = [
        each.take(slice(number % 5, 2 + number % 5 if number < 149 else None)) for number, each in enumerate(given)
    ]
    together = Panel.from_bars(given)
    assert Panel.from_bars(iter(given), symbols=150).content_hash() == together.content_hash()
    for each in given:
        assert_same_bars(together.column(each.symbol), each)
