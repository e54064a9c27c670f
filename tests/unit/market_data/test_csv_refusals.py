import pytest

from arbitrax.domain.errors import DataError, UnknownNameError
from arbitrax.market_data.files import read_file

HEADER = "Date,Open,High,Low,Close,Volume\n"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("2020-01-06,10,12,9,abc,100", "column 'Close': 'abc' is not a number (1 row in all)"),
        ("2020-01-06,10,12,9,,100", "column 'Close': the price is empty (1 row in all)"),
        ("2020-01-06,null,null,null,null,null", "column 'Open': the price is 'null' (1 row in all)"),
        ("2020-01-06,10,NaN,9,11,100", "column 'High': the price is 'NaN' (1 row in all)"),
        ("2020-01-06,10,inf,9,11,100", "column 'High': 'inf' is not a finite price (1 row in all)"),
        ("2020-01-06,10,1e999,9,11,100", "column 'High': '1e999' is not a finite price (1 row in all)"),
        ("2020-01-06,10,12,0,11,100", "column 'Low': the price 0 is not above zero (1 row in all)"),
        ("2020-01-06,-10,12,9,11,100", "column 'Open': the price -10 is not above zero (1 row in all)"),
        ("2020-01-06,10,8,9,11,100", "column 'High': the high 8 is below the low 9 (1 row in all)"),
        ("2020-01-06,10,12,9,11,-1", "column 'Volume': the volume is -1 (1 row in all)"),
        ("2020-01-06,10,12,9,11,inf", "column 'Volume': 'inf' is not a finite volume (1 row in all)"),
        ("2020-01-06,10,12,9,11,many", "column 'Volume': 'many' is not a number (1 row in all)"),
        (
            '2020-01-06,"1,234.5",1300,9,11,1',
            "'1,234.5' is not a number (1 row in all); write a point before decimals",
        ),
        (",10,12,9,11,100", "column 'Date': the date is empty (1 row in all)"),
        ("2020-01-06,1_0,12,9,11,1", "column 'Open': '1_0' is not a number"),
        ("2020-01-06,0x10,12,9,11,1", "column 'Open': '0x10' is not a number"),
        ('2020-01-06,"10"1,12,9,11,1', "column 'Open': '\"10\"1' is not a number"),
    ],
)
def test_a_bad_value_names_line_column_value_and_count(refusal, days, row, expected):
    message = refusal(days(row, "2020-01-07,10,12,9,11,100"))
    assert message.startswith("AAPL.csv, line 5, ")
    assert expected in message


def test_all_affected_rows_are_counted(refusal, days):
    message = refusal(days("2020-01-06,10,12,9,abc,100", "", "2020-01-07,10,12,9,def,100"))
    assert "line 5, column 'Close': 'abc' is not a number (2 rows in all)" in message


def test_lines_inside_quotes_are_counted(refusal):
    content = 'Note,Date,Open,High,Low,Close\n"a\nb\r\nc",2020-01-02,1,2,1,2\nx,2020-01-03,1,2,1,?\n'
    assert "line 5, column 'Close': '?'" in refusal(content)


@pytest.mark.parametrize("row", ["2020-01-06,10,12,9,11", "2020-01-06,10,12,9,11,100,7"])
def test_ragged_rows_are_refused(refusal, days, row):
    message = refusal(days(row))
    assert f"line 5: {row.count(',') + 1} fields where other rows have 6 (1 row in all)" in message


def test_an_open_quote_is_refused(refusal, days):
    assert "line 5: the quote before '10,12,9" in refusal(days('2020-01-06,"10,12,9,11,100'))


def test_contradicting_duplicates_name_both_lines(refusal, days):
    message = refusal(days("2020-01-03,10,12,9,11.5,100"))
    assert message == (
        "AAPL.csv, lines 3 and 5, column 'Close': both are for 2020-01-03 but say 11 and 11.5 (2 rows in all)"
        "; keep the right one."
    )


def test_identical_duplicates_are_dropped_and_counted(read, days):
    series = read(days("2020-01-03,10.0,12,9,11,100"))
    assert (len(series.bars), series.rows_read, series.duplicates_dropped) == (3, 4, 1)
    assert series.rows_reordered == 1


def test_open_outside_the_range_is_kept_with_a_notice(read, days):
    series = read(days("2020-01-06,13,12,9,11,1", "2020-01-07,10,12,9,8,1", "2020-01-08,12.000001,12,9,11,1"))
    assert len(series.bars) == 6
    (notice,) = series.notices
    assert notice.startswith("AAPL.csv has 2 bars with an open or close outside low to high (first on 2020-01-06)")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "the file is empty"),
        (" \n\r\n", "the file is empty"),
        ("\ufeff", "the file is empty"),
        (HEADER, "there is a header but not one row of prices"),
        (b"PK\x03\x04rest", "a zip archive"),
        (b"PAR1rest", "a Parquet file"),
        (b"\x1f\x8brest", "a gzip archive"),
        (HEADER.encode("utf-16"), "UTF-16"),
        (HEADER.encode() + b"2020-01-02,1,2,1,2,\x00\n", "NUL"),
        (HEADER.encode() + b"2020-01-02,1,2,1,2,\xff\n", "not UTF-8"),
        ('{"Information": "limit"}', "JSON"),
        ("<!DOCTYPE html><html></html>", "web page"),
        ("just one line of prose", "no column for date, open, high, low, close"),
        ("2020-01-02,1,2\n", "3 fields are too few"),
        ("Date,Open,High,Low,Close,Close\n2020-01-02,1,2,1,2,2\n", "'Close' and 'Close' mean the same"),
    ],
)
def test_files_that_are_no_table_are_refused(refusal, content, expected):
    message = refusal(content)
    assert message.startswith("AAPL.csv: ")
    assert expected in message


def test_missing_columns_are_named_with_a_guess(refusal):
    message = refusal("Date,Opne,High,Clsoe,Volume\n2020-01-02,1,2,1,2\n")
    assert message == (
        "AAPL.csv: no column for open, low, close among 'Date', 'Opne', 'High', 'Clsoe', 'Volume'; "
        "did you mean 'Opne' and 'Clsoe'?"
    )


def test_several_tickers_side_by_side_are_refused(refusal):
    content = "Price,Close,Close\nTicker,AAPL,MSFT\nDate,,\n2020-01-02,1,2\n"
    assert "2 tickers side by side (AAPL, MSFT)" in refusal(content)


def test_control_characters_are_shown_escaped(refusal, days):
    assert r"'\x1b[31m' is not a number" in refusal(days("2020-01-06,10,12,9,\x1b[31m,100"))


def test_paths_that_cannot_be_read(tmp_path):
    with pytest.raises(DataError, match="is a folder"):
        read_file(tmp_path)
    with pytest.raises(DataError, match="does not exist"):
        read_file(tmp_path / "none.csv")
    with pytest.raises(DataError, match="cannot be read"):
        read_file(tmp_path / ("x" * 300 + ".csv"))
    (tmp_path / "book.xlsx").write_text("x")
    with pytest.raises(DataError, match=r"the ending '\.xlsx' is not one we read"):
        read_file(tmp_path / "book.xlsx")


def test_a_symbol_the_file_does_not_hold(tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("Date,Symbol,Open,High,Low,Close,Volume\n2020-01-02,AAPL,1,2,1,2,3\n2020-01-02,MSFT,1,2,1,2,3\n")
    with pytest.raises(UnknownNameError, match=r"two\.csv has no symbol 'APPL' among AAPL, MSFT; did you mean 'AAPL'"):
        read_file(path, symbol="APPL")
