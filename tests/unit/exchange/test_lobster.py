"""LOBSTER days by hand and written from our own engine: who is executed, what is refused, what differs."""

from pathlib import Path

import pytest

from arbitrax.domain.errors import DataError, InputError
from arbitrax.exchange.lobster.checks import MISMATCHES
from arbitrax.exchange.lobster.files import book_file_of, read_lobster
from arbitrax.exchange.lobster.replay import replay_lobster
from tests.lobster_day import generated_day, write_day

PAGE = Path(__file__).parents[3] / "docs" / "concepts" / "lobster.md"
NO_ASK, NO_BID = "9999999999,0", "-9999999999,0"


def replayed(folder, messages, rows):
    path = write_day(folder, messages, rows)
    return replay_lobster(read_lobster(path, book_file_of(path)), lambda _: None)


def by_hand(folder, *steps):
    """Replay steps: a message without its time, then the row of the book after it."""
    messages = [f"{34_200 + at}.000000001,{message}" for at, (message, _) in enumerate(steps)]
    return replayed(folder, messages, [row for _, row in steps])


def test_each_kind_of_message_does_to_the_book_what_the_file_says(tmp_path):
    found = by_hand(
        tmp_path,
        ("1,11,100,1000000,1", f"1000200,50,1000000,140,{NO_ASK},999900,7"),  # 40 were there before
        ("1,12,30,1000200,-1", f"1000200,80,1000000,140,{NO_ASK},999900,7"),
        ("2,11,25,1000000,1", f"1000200,80,1000000,115,{NO_ASK},999900,7"),
        ("5,0,10,1000100,1", f"1000200,80,1000000,115,{NO_ASK},999900,7"),
        ("6,-1,500,1000100,-1", f"1000200,80,1000000,115,{NO_ASK},999900,7"),
        ("7,0,0,-1,-1", f"1000200,80,1000000,115,{NO_ASK},999900,7"),
        ("7,0,0,1,-1", f"1000200,80,1000000,115,{NO_ASK},999900,7"),
        ("4,3,40,1000000,1", f"1000200,80,1000000,75,{NO_ASK},999900,7"),  # from before the file: first in the queue
        ("4,11,75,1000000,1", f"1000200,80,999900,7,{NO_ASK},{NO_BID}"),
        ("3,12,30,1000200,-1", f"1000200,50,999900,7,{NO_ASK},{NO_BID}"),
    )
    assert found.mismatches == {}
    assert (found.levels_compared, found.levels_differ, found.books_differ) == (6, 0, 0)
    assert (found.outcome.trades, found.outcome.traded) == (2, 115)
    assert (found.opening_orders, found.opening_lots, found.unseen_lots) == (3, 97, 0)
    assert found.messages == {
        "submission": 2, "partial_cancel": 1, "deletion": 1, "execution": 2, "hidden_execution": 1, "cross_trade": 1,
        "halt": 2,
    }  # fmt: skip


def test_an_execution_out_of_the_queues_order_is_a_mismatch(tmp_path):
    found = by_hand(
        tmp_path,
        ("1,1,10,1000000,1", f"{NO_ASK},1000000,10"),
        ("1,2,10,1000000,1", f"{NO_ASK},1000000,20"),
        ("4,2,10,1000000,1", f"{NO_ASK},1000000,10"),
    )
    assert found.mismatches == {"another_maker": 1}
    assert (found.levels_differ, found.books_differ) == (0, 0)  # the depth cannot tell


def test_an_execution_behind_a_better_price_is_a_mismatch(tmp_path):
    found = by_hand(
        tmp_path,
        ("1,1,10,1000000,-1", f"1000000,10,{NO_BID},{NO_ASK},{NO_BID}"),
        ("1,2,10,1000100,-1", f"1000000,10,{NO_BID},1000100,10,{NO_BID}"),
        ("4,2,10,1000100,-1", f"1000000,10,{NO_BID},{NO_ASK},{NO_BID}"),
    )
    assert found.mismatches == {"another_price": 1}
    assert (found.levels_differ, found.books_differ) == (1, 1)


def test_messages_that_contradict_the_files_are_counted_by_kind(tmp_path):
    found = by_hand(
        tmp_path,
        ("1,1,10,1000000,1", f"{NO_ASK},1000000,10"),
        ("3,99,5,990000,1", f"{NO_ASK},1000000,10"),  # nobody was ever there
        ("2,1,4,1000100,1", f"{NO_ASK},1000000,6"),  # under another price
        ("4,1,9,1000000,1", f"{NO_ASK},{NO_BID}"),  # 9 of 6
        ("3,1,1,1000000,1", f"{NO_ASK},{NO_BID}"),  # of what is gone
        ("1,2,10,1000000,1", f"{NO_ASK},1000000,10"),
        ("3,2,7,1000000,1", f"{NO_ASK},{NO_BID}"),  # 7 of 10
        ("1,3,10,1000000,1", f"{NO_ASK},1000000,10"),
        ("1,4,10,1000000,-1", f"{NO_ASK},{NO_BID}"),  # meets it
    )
    assert found.mismatches == {
        "unfilled": 1, "crossed": 1, "another_size": 1, "refused": 1, "unknown": 1, "overdrawn": 2, "altered": 1,
    }  # fmt: skip


def test_a_first_message_that_removes_finds_what_it_removes(tmp_path):
    found = by_hand(
        tmp_path,
        ("4,5,30,1000100,-1", f"1000200,20,{NO_BID}"),
        ("3,8,20,1000200,-1", f"{NO_ASK},{NO_BID}"),
    )
    assert found.mismatches == {}
    assert (found.opening_lots, found.outcome.trades, found.levels_differ) == (50, 1, 0)


def test_depth_that_comes_into_view_is_there_for_those_who_name_it(tmp_path):
    found = by_hand(
        tmp_path,
        ("1,21,10,1000100,-1", f"1000100,10,{NO_BID}"),
        ("3,21,10,1000100,-1", f"1000200,70,{NO_BID}"),  # two orders nobody has told of
        ("4,7,30,1000200,-1", f"1000200,40,{NO_BID}"),
        ("4,9,40,1000200,-1", f"{NO_ASK},{NO_BID}"),
    )
    assert (found.mismatches, found.unseen_lots, found.levels_differ, found.books_differ) == ({}, 70, 0, 0)


def test_orders_cancelled_out_of_view_do_not_stay_in_front(tmp_path):
    found = by_hand(
        tmp_path,
        ("1,21,10,1000200,-1", f"1000200,10,{NO_BID}"),
        ("1,22,5,1000200,-1", f"1000200,15,{NO_BID}"),
        ("1,23,10,1000100,-1", f"1000100,10,{NO_BID}"),  # 1000200 is out of view, and 21 cancels
        ("3,23,10,1000100,-1", f"1000200,5,{NO_BID}"),
        ("4,22,5,1000200,-1", f"{NO_ASK},{NO_BID}"),
    )
    assert (found.mismatches, found.levels_differ, found.books_differ) == ({}, 0, 0)


def test_what_a_deletion_leaves_has_gone_out_of_view(tmp_path):
    found = by_hand(
        tmp_path,
        ("1,21,10,1000200,-1", f"1000200,10,{NO_BID}"),
        ("1,22,10,1000200,-1", f"1000200,20,{NO_BID}"),
        ("1,23,10,1000100,-1", f"1000100,10,{NO_BID}"),  # 22 loses 6 of 10, though 21 is in front
        ("3,23,10,1000100,-1", f"1000200,14,{NO_BID}"),
        ("3,22,4,1000200,-1", f"1000200,10,{NO_BID}"),
    )
    assert (found.mismatches, found.levels_differ, found.books_differ) == ({}, 0, 0)


def test_a_second_submission_under_an_id_is_another_order(tmp_path):
    found = by_hand(
        tmp_path,
        ("1,1,10,1000000,1", f"{NO_ASK},1000000,10"),
        ("3,1,10,1000000,1", f"{NO_ASK},{NO_BID}"),
        ("1,1,20,999900,1", f"{NO_ASK},999900,20"),
        ("4,1,20,999900,1", f"{NO_ASK},{NO_BID}"),
    )
    assert (found.mismatches, found.levels_differ, found.outcome.traded) == ({}, 0, 20)


def test_a_level_that_the_row_does_not_show_is_not_compared(tmp_path):
    found = by_hand(
        tmp_path,
        ("1,1,10,1000000,1", f"{NO_ASK},1000000,10"),
        ("1,2,10,999900,1", f"{NO_ASK},1000000,10"),
    )
    assert (found.levels_compared, found.levels_differ, found.books_differ) == (1, 0, 0)


def test_a_day_without_orders_has_nothing_to_compare(tmp_path):
    nothing = f"{NO_ASK},{NO_BID}"
    found = by_hand(tmp_path, ("7,0,0,-1,-1", nothing), ("5,0,10,1000000,1", nothing))
    assert (found.outcome.events, found.outcome.trades, found.levels_compared) == (1, 0, 0)
    assert (found.mismatches, found.books_compared, found.books_differ) == ({}, 1, 0)


def test_an_order_of_a_level_never_in_view_is_unknown(tmp_path):
    found = by_hand(tmp_path, ("7,0,0,-1,-1", f"{NO_ASK},{NO_BID}"), ("4,9,10,1000000,1", f"{NO_ASK},{NO_BID}"))
    assert (found.mismatches, found.outcome.trades) == ({"unknown": 1}, 0)


@pytest.mark.parametrize(
    ("levels", "resting", "cut", "seed"),
    [(50, 200, 1_000, 7), (10, 30, 100, 1), (5, 200, 500, 2), (2, 100, 0, 3), (1, 200, 500, 4)],
)
def test_a_day_written_by_our_engine_replays_without_a_mismatch(tmp_path, levels, resting, cut, seed):
    found = replayed(tmp_path, *generated_day(resting, 2_500, levels, cut, seed))
    assert found.mismatches == {}
    assert (found.levels_differ, found.books_differ) == (0, 0)
    assert found.levels_compared > 200
    assert found.outcome.trades == found.messages["execution"] > 100
    assert found.messages["hidden_execution"] > 10


def test_parts_compare_the_whole_depth(tmp_path, monkeypatch):
    monkeypatch.setattr("arbitrax.exchange.lobster.replay.PART", 100)
    messages, rows = generated_day(count=2_000)
    found = replayed(tmp_path, messages, rows)
    assert found.books_compared > 3
    assert (found.mismatches, found.books_differ) == ({}, 0)
    price, size, rest = rows[-1].split(",", 2)
    found = replayed(tmp_path, messages, [*rows[:-1], f"{price},{int(size) + 1},{rest}"])
    assert found.books_differ == 1


GOOD = ["34200.1,1,11,100,1000000,1", "34200.2,3,11,100,1000000,1"]
ROWS = ["1000100,5,1000000,100", "1000100,5,-9999999999,0"]


@pytest.mark.parametrize(
    ("messages", "rows", "sentence"),
    [
        ([GOOD[0], "34200.2,3,11,100"], ROWS, "Expected 6 columns, got 4"),
        ([GOOD[0], "34200.2,3,,100,1000000,1"], ROWS, "invalid value ''"),
        (["time,type,id,size,price,direction", *GOOD], ROWS, "invalid value 'time'"),
        ([GOOD[0], "34200.2,8,11,100,1000000,1"], ROWS, "line 2: type 8 is not possible; it is 1 to 7"),
        ([GOOD[0], "34200.2,3,11,0,1000000,1"], ROWS, "line 2: size 0 is not possible; it is above 0"),
        (["34200.1,1,11,100,-5,1", GOOD[1]], ROWS, "line 1: price -5 is not possible"),
        ([GOOD[0], "34200.2,3,11,100,1000000,2"], ROWS, "line 2: direction 2 is not possible; it is 1 or -1"),
        (["nan,1,11,100,1000000,1", GOOD[1]], ROWS, "line 1: time nan is not possible"),
        ([GOOD[1], GOOD[0]], ROWS, "line 2: time 34200.1 is before the line above"),
        (GOOD, ROWS[:1], "has 2 rows and .* 1; they are a pair"),
        (GOOD, ["1000100,5,1000000", "1000100,5,1000000"], "has 3 columns; .* make four"),
        (GOOD, [ROWS[0], "1000100,5,1000000,-1"], "line 2: the bids are no levels"),
        (GOOD, ["1000100,5,1000000,9,1000050,5,999900,1"] * 2, "line 1: the asks are no levels"),
        (GOOD, ["1000100,5,1000100,9"] * 2, "line 1: bid 1000100 meets ask 1000100"),
        (GOOD, ["1000100,x,1000000,9"] * 2, "invalid value 'x'"),
    ],
)
def test_files_that_cannot_be_are_refused_in_one_sentence(tmp_path, messages, rows, sentence):
    path = write_day(tmp_path, messages, rows)
    with pytest.raises(DataError, match=sentence) as refused:
        read_lobster(path, book_file_of(path))
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


def test_missing_and_empty_files_are_said_to_be(tmp_path):
    path = write_day(tmp_path, GOOD, ROWS)
    with pytest.raises(DataError, match=r"none.csv cannot be read: No such file or directory\.$"):
        read_lobster(path, tmp_path / "none.csv")
    path.write_text("")
    with pytest.raises(DataError, match="is empty"):
        read_lobster(path, book_file_of(path))


def test_the_order_book_file_is_found_by_name(tmp_path):
    found = book_file_of(tmp_path / "A_message_B_2030-01-02_34200000_57600000_message_10.csv")
    assert found == tmp_path / "A_message_B_2030-01-02_34200000_57600000_orderbook_10.csv"
    with pytest.raises(InputError, match="name the order book file with --book"):
        book_file_of(tmp_path / "day.csv")
    with pytest.raises(InputError, match="is an order book file; give the message file"):
        book_file_of(tmp_path / "A_2030-01-02_1_2_orderbook_10.csv")


def test_the_page_names_every_kind_of_mismatch():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    for name, what in MISMATCHES.items():
        assert any(line.startswith(f"| `{name}` | {what}") for line in lines), name
