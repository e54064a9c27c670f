"""Corporate actions from CSV: what is recognised, and the one sentence for each fault."""

import os
from pathlib import Path

import pytest

from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import date_text, start_of_day
from arbitrax.domain.errors import DataError
from arbitrax.market_data.corporate_action_files import read_actions

HEADER = "symbol,kind,ex_date,ratio,amount,pay_date,currency\n"


@pytest.fixture
def read(tmp_path):
    def read_text(text, name="AAPL.csv", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_actions(path, **options)

    return read_text


def short(read_actions):
    return [
        (each.symbol, each.kind, date_text(each.ex_date), each.ratio if each.amount is None else each.amount)
        for each in read_actions.actions
    ]


def test_every_field_is_read(read):
    found = read(
        HEADER
        + "AAPL,dividend,2014-05-08,,3.29,2014-05-15,USD\n\nAAPL,Split,20140609,7:1,,,\n"
        + "VOD,spin-off,2014-02-24 00:00:00-05:00,6/11,,,\nVOD,stock dividend,2015-01-02,1.05,,,\n"
        + "VOD,dividend,2014-06-11,,7.47,,GBp\n"
    )
    assert found.actions[:2] == (
        CorporateAction(
            symbol="AAPL", kind="dividend", ex_date=start_of_day("2014-05-08"), amount=3.29, currency="USD",
            pay_date=start_of_day("2014-05-15"),
        ),
        CorporateAction(symbol="AAPL", kind="split", ex_date=start_of_day("2014-06-09"), ratio=7.0),
    )  # fmt: skip
    assert [(each.kind, each.ratio, each.amount, each.currency) for each in found.actions[2:]] == [
        ("spin_off", 6 / 11, None, None),
        ("dividend", None, 7.47, "GBX"),
        ("stock_dividend", 1.05, None, None),
    ]
    assert (found.rows_read, found.duplicates_dropped, found.notices) == (5, 0, ())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # Alpha Vantage: the list of dividends, of splits, and daily prices with both.
        (
            "ex_dividend_date,declaration_date,record_date,payment_date,amount\n2020-02-07,2020-01-28,2020-02-10,None,1.62\n",
            [("AAPL", "dividend", "2020-02-07", 1.62)],
        ),
        ("effective_date,split_factor\n2020-08-31,4.0000\n", [("AAPL", "split", "2020-08-31", 4.0)]),
        (
            "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n"
            "2020-08-31,1,1,1,1,1,1,0.0000,4.0\n2020-08-28,1,1,1,1,1,1,0.8200,1.0\n2020-08-27,1,1,1,1,1,1,0.0000,1.0\n",
            [("AAPL", "dividend", "2020-08-28", 0.82), ("AAPL", "split", "2020-08-31", 4.0)],
        ),
        ("Date;Stock Splits\n2020-08-31;4 for 1\n2021-08-31;1-for-10\n",
         [("AAPL", "split", "2020-08-31", 4.0), ("AAPL", "split", "2021-08-31", 0.1)]),
        ("Ticker\tType\tDate\tValue\nA\tsplit\t2020-08-31\t1:20\nA\tdividend\t2020-08-31\t$0.5\n",
         [("A", "split", "2020-08-31", 0.05), ("A", "dividend", "2020-08-31", 0.5)]),
    ],
)  # fmt: skip
def test_forms_of_vendors_are_recognised(read, text, wanted):
    assert short(read(text)) == wanted


def test_yfinances_dividends_are_taken_back_to_what_was_declared(read):
    text = (
        "Date,Dividends,Stock Splits\n2013-11-06 00:00:00-05:00,0.108929,0.0\n2014-06-09 00:00:00-04:00,0.0,7.0\n"
        "2014-08-07 00:00:00-04:00,0.1175,0.0\n2020-08-31 00:00:00-04:00,0.0,4.0\n2020-11-06 00:00:00-05:00,0.205,0.0\n"
    )
    found = read(text)
    assert short(found) == [
        ("AAPL", "dividend", "2013-11-06", 3.050012),
        ("AAPL", "split", "2014-06-09", 7.0),
        ("AAPL", "dividend", "2014-08-07", 0.47),
        ("AAPL", "split", "2020-08-31", 4.0),
        ("AAPL", "dividend", "2020-11-06", 0.205),
    ]
    assert "multiplied by the splits since" in found.notices[0]
    assert short(read(text, split_adjusted=False))[0][-1] == 0.108929
    one_kind = HEADER + "A,dividend,2013-11-06,,1,,USD\nA,split,2014-06-09,7,,,\nB,dividend,2013-11-06,,1,,USD\n"
    assert [row[-1] for row in short(read(one_kind, split_adjusted=True))] == [7.0, 7.0, 1.0]


def test_symbol_and_currency_come_from_the_file_the_caller_or_the_name(read):
    text = "ex_date,amount\n2020-01-02,1\n"
    found = read(text, name="msft.csv")
    assert (found.actions[0].symbol, found.actions[0].currency) == ("MSFT", "USD")
    assert found.notices == ("msft.csv names no currency; its dividends were taken as USD.",)
    found = read(text, symbol="MC.PA", currency="EUR")
    assert (found.actions[0].symbol, found.actions[0].currency, found.notices) == ("MC.PA", "EUR", ())
    both = HEADER + "A,split,2020-01-02,2,,,\nB,split,2020-01-02,3,,,\n"
    assert short(read(both, symbol="B")) == [("B", "split", "2020-01-02", 3.0)]
    with pytest.raises(DataError, match=r"no row of 'C'; it has A, B\."):
        read(both, symbol="C")


def test_equal_rows_are_dropped_and_counted(read):
    found = read(HEADER + "A,split,2020-01-02,2,,,\nA,split,2020-01-02,2:1,,,\n")
    assert (len(found.actions), found.rows_read, found.duplicates_dropped) == (1, 2, 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEADER + "A,split,2020-01-02,2,,,\nA,party,2020-01-02,2,,,\n",
         "AAPL.csv, line 3, column 'kind': 'party' is no kind of corporate action; use split,"),
        (HEADER + "A,divident,2020-01-02,2,,,\n", "line 2, column 'kind': 'divident' is no kind of "
         "corporate action; did you mean 'dividend'?"),
        (HEADER + "A,,2020-01-02,2,,,\n", "line 2, column 'kind': '' is no kind"),
        (HEADER + "A,split,2020-02-30,2,,,\n", "line 2, column 'ex_date': '2020-02-30' is not a date; write it as"),
        (HEADER + "A,split,03/04/2020,2,,,\n", "'03/04/2020' is not a date"),
        (HEADER + "A,split,,2,,,\n", "column 'ex_date': '' is not a date"),
        (HEADER + "A,split,2020-01-02,,,,\n", "line 2, column 'ratio': '' is not a number above zero; correct it, or"),
        (HEADER + "A,split,2020-01-02,4:0,,,\n", "'4:0' is not a number above zero"),
        (HEADER + "A,split,2020-01-02,-4,,,\n", "'-4' is not a number above zero"),
        (HEADER + "A,split,2020-01-02,1,,,\n", "line 2, column 'ratio': The split of A on 2020-01-02 has the ratio 1,"),
        (HEADER + "A,stock_dividend,2020-01-02,0.05,,,\n", "such as 1.05 for 5%."),
        (HEADER + "A,dividend,2020-01-02,,inf,,\n", "column 'amount': 'inf' is not a number above zero"),
        (HEADER + "A,dividend,2020-01-02,,\"1,5\",,\n", "'1,5' is not a number above zero"),
        (HEADER + "A,dividend,2020-01-02,,1,soon,\n", "column 'pay_date': 'soon' is not a date"),
        (HEADER + "A,dividend,2020-01-02,,1,,$\n", "has the currency '$'"),
        (HEADER + ",split,2020-01-02,2,,,\n", "column 'symbol': the symbol is empty; fill it in."),
        (HEADER + "A,split,2020-01-02\n", "AAPL.csv, line 2: 3 fields where the header has 7; complete the row"),
        (HEADER + "A,split,2020-01-02,2,,,\nA,split,2020-01-02,3,,,\n",
         "AAPL.csv, lines 2 and 3: both give a split of A on 2020-01-02; keep one"),
        (HEADER + 'A,"split\n', "correct the quotes"),
        ("symbol,ratio\nA,2\n", "AAPL.csv: no column for ex_date among 'symbol', 'ratio'; name the columns"),
        ("symbol,ex_date\nA,2020-01-02\n", "no column for ratio or amount"),
        ("kind,ex_date,ratio\ndividend,2020-01-02,2\n", "the file has no column for the amount of a dividend; add"),
        ("ratio,ratio,ex_date\n1,2,2020-01-02\n", "two columns mean ratio; keep one of them."),
        ("ex_date,ratio\n2020-01-02,\n", "line 2, column 'ratio': the row has no value; give one."),
        ("", "the file is empty"),
        ('{"chart": {}}', "this is JSON, not CSV"),
        (b"PK\x03\x04", "zip archive"),
    ],
)  # fmt: skip
def test_each_fault_is_one_sentence(read, text, sentence):
    with pytest.raises(DataError) as caught:
        read(text)
    said = str(caught.value)
    assert sentence in said
    assert said[-1] in ".?"
    assert "\n" not in said


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.csv cannot be read \(No such file or directory\)"):
        read_actions(tmp_path / "none.csv")


@pytest.mark.corpus
@pytest.mark.skipif(not os.environ.get("ARBITRAX_CORPUS"), reason="ARBITRAX_CORPUS is not set")
@pytest.mark.parametrize(("name", "kind", "count"), [("DIVIDENDS", "dividend", 109), ("SPLITS", "split", 2)])
def test_recorded_lists_of_alpha_vantage(name, kind, count):
    (path,) = (Path(os.environ["ARBITRAX_CORPUS"]) / "vendor/alpha_vantage/portfoliotree").glob(f"{name}_*.csv")
    found = read_actions(path, symbol="IBM")
    assert {each.kind for each in found.actions} == {kind}
    assert len(found.actions) == found.rows_read >= count
